# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts about the machine in the tables of the firmware (DMI).

Windows, licence checks and installers know a machine by them, so the guest
goes on seeing those of VirtualBox or VMware.
"""

import re

from buslogic_import.mapping.options import joined
from buslogic_import.model import FirmwareKind

# What QEMU can say, by the type of the table
NAMES = {
    0: ('vendor', 'version', 'date', 'release'),
    1: ('manufacturer', 'product', 'version', 'serial', 'sku', 'family'),
    2: ('manufacturer', 'product', 'version', 'serial', 'asset', 'location'),
    3: ('manufacturer', 'version', 'serial', 'asset', 'sku'),
    4: ('sock_pfx', 'manufacturer', 'version', 'serial', 'asset', 'part'),
    11: ('value',),
    17: ('loc_pfx', 'bank', 'manufacturer', 'serial', 'asset', 'part'),
}

VIRTUALBOX = {
    (0, 'vendor'): 'innotek GmbH', (0, 'version'): 'VirtualBox',
    (0, 'date'): '12/01/2006',
    (1, 'manufacturer'): 'innotek GmbH', (1, 'product'): 'VirtualBox',
    (1, 'version'): '1.2', (1, 'serial'): '0',
    (1, 'family'): 'Virtual Machine',
    (2, 'manufacturer'): 'Oracle Corporation', (2, 'product'): 'VirtualBox',
    (2, 'version'): '1.2', (2, 'serial'): '0',
    (3, 'manufacturer'): 'Oracle Corporation',
}
VMWARE = {
    (0, 'vendor'): 'Phoenix Technologies LTD', (0, 'version'): '6.00',
    (1, 'manufacturer'): 'VMware, Inc.',
    (1, 'product'): 'VMware Virtual Platform', (1, 'version'): 'None',
    (2, 'manufacturer'): 'Intel Corporation',
    (2, 'product'): '440BX Desktop Reference Platform',
    (2, 'version'): 'None', (2, 'serial'): 'None',
    (3, 'manufacturer'): 'No Enclosure', (3, 'version'): 'N/A',
    (3, 'serial'): 'None', (3, 'asset'): 'No Asset Tag',
}


def map_smbios(context):
    """One option a table."""
    own = context.machine.firmware.smbios
    texts = {**_usual(context), **own}
    for number in sorted({table for table, _ in texts}):
        words = {name: texts[number, name] for name in NAMES.get(number, ())
                 if texts.get((number, name))}
        if words:
            context.options.remark('What the firmware says of the machine')
            context.options.add('smbios', '', {'type': number, **words})
    _report(context, own)


def _usual(context):
    """What guests have seen where nobody has set anything."""
    if context.is_virtualbox:
        return VIRTUALBOX
    # VMware's UEFI says something else.
    if context.is_vmware and (
            context.machine.firmware.kind is FirmwareKind.BIOS):
        return {**VMWARE, **_vmware_serial(context.machine.uuid)}
    return {}


def _vmware_serial(uuid):
    """VMware makes it of the UUID: VMware-56 4d .. .. .. .. .. ..-..."""
    digits = re.sub('[^0-9a-f]', '', uuid)
    if len(digits) != 32:
        return {}
    words = [digits[at:at + 2] for at in range(0, 32, 2)]
    return {(1, 'serial'): f'VMware-{" ".join(words[:8])}-'
                           f'{" ".join(words[8:])}'}


def _report(context, own):
    usual = {key: value for key, value in _usual(context).items()
             if key not in own}
    if usual:
        texts = dict.fromkeys(usual.values())
        context.report.equivalent(
            'SMBIOS texts', 'not set', '-smbios: ' + ', '.join(texts),
            'as the guest has known them')
    for (number, name), value in own.items():
        setting = f'SMBIOS type {number}, {name}'
        if name in NAMES.get(number, ()):
            context.report.exact(setting, value, f'-smbios type={number},'
                                 f'{joined("", {name: value})}')
        else:
            context.report.dropped(setting, value, 'QEMU cannot set it')
