# SPDX-License-Identifier: GPL-2.0-or-later
"""What drives say of themselves, in INQUIRY and IDENTIFY.

Guests build names of it (/dev/disk/by-id) and Windows the identity of a disk.
"""

import uuid

from buslogic_import.mapping.options import joined
from buslogic_import.model import DeviceKind

DISK, CDROM = DeviceKind.DISK, DeviceKind.CDROM

# What they say when nobody has set it: vendor, product, revision
VIRTUALBOX = {DISK: ('VBOX', 'HARDDISK', '1.0'),
              CDROM: ('VBOX', 'CD-ROM', '1.0')}
VMWARE = {DISK: ('VMware', 'Virtual disk', '1.0'),
          CDROM: ('NECVMWar', 'VMware SCSI CDR00', '1.0')}
VMWARE_IDE = {DISK: ('VMware', 'Virtual IDE Hard Drive', '00000001'),
              CDROM: ('VMware', 'Virtual IDE CDROM Drive', '00000001')}

# What fits, in characters
LIMITS = {'scsi': {'vendor': 8, 'product': 16, 'ver': 4, 'serial': 36},
          'ide': {'model': 40, 'ver': 8, 'serial': 20}}


def identity(drive):
    """The properties of the drive that say it; reports them."""
    source, family = drive.source, drive.bus.family
    own = {'vendor': source.vendor, 'product': source.product,
           'ver': source.revision, 'serial': source.serial}
    if family not in LIMITS:
        _report_unused(drive, own)
        return {}
    usual = _usual(drive)
    if family == 'ide':
        own, usual = _for_ide(own), _for_ide(usual)
    properties = {}
    for name, limit in LIMITS[family].items():
        if own[name]:
            properties[name] = _fitted(drive, name, own[name], limit)
        elif usual[name]:
            properties[name] = usual[name]
    _report_usual(drive, {name: value for name, value in properties.items()
                          if not own[name]})
    return properties


def _for_ide(names):
    """The same with one model instead of vendor and product."""
    words = [names['vendor'], names['product']]
    return {'model': ' '.join(word for word in words if word),
            'ver': names['ver'], 'serial': names['serial']}


def _usual(drive):
    """What the program says that ran the machine."""
    kind, context = drive.source.kind, drive.context
    names = ('', '', '')
    if context.is_virtualbox:
        names = VIRTUALBOX[kind]
    elif context.is_vmware:
        names = (VMWARE_IDE if drive.bus.family == 'ide' else VMWARE)[kind]
    return dict(zip(('vendor', 'product', 'ver'), names),
                serial=_virtualbox_serial(drive))


def _virtualbox_serial(drive):
    """VirtualBox makes those of IDE disks from the UUIDs of their images.

    It takes the first and the last four bytes as little-endian numbers.
    """
    medium = drive.source.medium
    if not (drive.context.is_virtualbox and drive.bus.family == 'ide' and
            drive.source.kind is DISK and medium and medium.uuid):
        return ''
    number = uuid.UUID(medium.uuid).bytes_le
    first, last = (int.from_bytes(part, 'little')
                   for part in (number[:4], number[-4:]))
    return f'VB{first:08x}-{last:08x}'


def _fitted(drive, name, value, limit):
    """A value of the source, cut to what the guest can see of it."""
    setting = f'{drive.title}: {name}'
    if len(value) > limit:
        drive.context.report.approximated(
            setting, value, f'{name}={value[:limit]}',
            f'there is room for {limit} characters')
    else:
        drive.context.report.exact(setting, value, f'{name}={value}')
    return value[:limit]


def _report_usual(drive, properties):
    if properties:
        drive.context.report.equivalent(
            f'{drive.title}: identification', 'not set',
            joined('', properties), 'as the guest has known it')


def _report_unused(drive, own):
    for name, value in own.items():
        if value:
            drive.context.report.dropped(f'{drive.title}: {name}', value,
                                         f'{drive.driver} has none')
