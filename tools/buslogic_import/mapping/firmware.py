# SPDX-License-Identifier: GPL-2.0-or-later
"""BIOS or UEFI, and what they tell the guest of the machine."""

from buslogic_import.mapping.options import InFolder
from buslogic_import.model import Chipset, FirmwareKind

# Debian's builds: code, variables to begin with
OVMF = {
    FirmwareKind.EFI64: ('OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'),
    FirmwareKind.EFI32: ('OVMF32_CODE_4M.secboot.fd', 'OVMF32_VARS_4M.fd'),
}
OVMF_SECURE = ('OVMF_CODE_4M.secboot.fd', 'OVMF_VARS_4M.ms.fd')
FOLDER = '/usr/share/OVMF/'
VARIABLES = InFolder('uefi-variables.fd')


def map_firmware(context):
    """All of it."""
    firmware = context.machine.firmware
    if firmware.kind is FirmwareKind.BIOS:
        context.report.equivalent('firmware', 'BIOS', 'SeaBIOS',
                                  'the same services')
    else:
        _map_uefi(context)
    _map_secure_boot(context)
    if firmware.nvram:
        context.report.dropped(
            'UEFI variables', firmware.nvram, 'their format is another one; '
            'boot entries come from the boot order')
    _map_acpi(context)
    _map_ioapic(context)
    _map_menu(context)


def has_secure_boot(context):
    """Whether the machine keeps it."""
    firmware = context.machine.firmware
    return (firmware.secure_boot and firmware.kind is FirmwareKind.EFI64 and
            context.chipset is Chipset.ICH9)


def _map_uefi(context):
    kind = context.machine.firmware.kind
    files = OVMF_SECURE if has_secure_boot(context) else OVMF[kind]
    code, variables = (FOLDER + name for name in files)
    context.options.remark(f'UEFI firmware, and its variables in {VARIABLES}')
    option = context.options.add('drive', '', {
        'if': 'pflash', 'format': 'raw', 'readonly': True, 'file': code},
        native=True)
    context.options.add('drive', '', {
        'if': 'pflash', 'format': 'raw', 'file': VARIABLES}, native=True)
    context.options.firmware = (code, variables)
    if 'secboot' in code:
        # That build keeps its variables from everything but SMM.
        context.machine_type['smm'] = True
        context.options.add('global', '', {
            'driver': 'cfi.pflash01', 'property': 'secure', 'value': True})
    context.report.equivalent('firmware', kind.value, option,
                              'the same services')


def _map_secure_boot(context):
    if not context.machine.firmware.secure_boot:
        return
    if has_secure_boot(context):
        context.report.equivalent(
            'Secure Boot', 'on', OVMF_SECURE[1],
            "Microsoft's keys; others have to be enrolled once more")
    else:
        context.report.dropped('Secure Boot', 'on', 'QEMU has it for 64-bit '
                               'UEFI on the chipset ICH9 only')


def _map_acpi(context):
    acpi = context.machine.firmware.acpi
    context.machine_type['acpi'] = acpi
    word = 'on' if acpi else 'off'
    context.report.exact('ACPI', word, f'-machine acpi={word}')


def _map_ioapic(context):
    ioapic = context.machine.firmware.ioapic
    if ioapic is None:
        return
    if ioapic:
        context.report.exact('I/O APIC', 'on', 'part of the mainboard')
    else:
        context.report.approximated(
            'I/O APIC', 'off', 'part of the mainboard',
            "QEMU's mainboards always have one; guests that do not look for "
            'it do not care')


def _map_menu(context):
    menu = context.machine.firmware.boot_menu
    if menu == 'Disabled':
        context.report.exact('boot menu', menu, '')
    elif menu:
        context.boot['menu'] = True
        context.report.equivalent('boot menu', menu, '-boot menu=on',
                                  'the key is ESC')
