# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's mainboard: processor, memory, firmware, clock."""

import re
from pathlib import Path

from buslogic_import.model import (BootDevice, Chipset, Clock, Cpu, Firmware,
                                   FirmwareKind)

CHIPSETS = {'PIIX3': Chipset.PIIX3, 'ICH9': Chipset.ICH9}
FIRMWARE = {'BIOS': FirmwareKind.BIOS, 'EFI': FirmwareKind.EFI64,
            'EFI64': FirmwareKind.EFI64, 'EFIDUAL': FirmwareKind.EFI64,
            'EFI32': FirmwareKind.EFI32}
BOOT = {'None': None, 'Floppy': BootDevice.FLOPPY, 'DVD': BootDevice.CDROM,
        'HardDisk': BootDevice.DISK, 'Network': BootDevice.NETWORK}
MENUS = {name: name for name in ('Disabled', 'MenuOnly', 'MessageAndMenu')}
# VirtualBox's names of SMBIOS strings: QEMU's structure and field
SMBIOS = {
    'BIOSVendor': (0, 'vendor'), 'BIOSVersion': (0, 'version'),
    'BIOSReleaseDate': (0, 'date'),
    'SystemVendor': (1, 'manufacturer'), 'SystemProduct': (1, 'product'),
    'SystemVersion': (1, 'version'), 'SystemSerial': (1, 'serial'),
    'SystemSKU': (1, 'sku'), 'SystemFamily': (1, 'family'),
    'BoardVendor': (2, 'manufacturer'), 'BoardProduct': (2, 'product'),
    'BoardVersion': (2, 'version'), 'BoardSerial': (2, 'serial'),
    'BoardAssetTag': (2, 'asset'), 'BoardLocInChass': (2, 'location'),
    'ChassisVendor': (3, 'manufacturer'), 'ChassisVersion': (3, 'version'),
    'ChassisSerial': (3, 'serial'), 'ChassisAssetTag': (3, 'asset'),
}
DMI = re.compile(r'VBoxInternal/Devices/(?:pcbios|efi)/0/Config/Dmi(\w+)$')
MAX_MEMORY = 4 << 20            # MiB: 4 TiB
MAX_CPUS = 256


class Board:
    """<Hardware>, in the layouts before and since settings 1.20.

    Since then, <Platform> has what depends on the architecture, and
    <Firmware> replaces <BIOS>.
    """

    def __init__(self, hardware, settings, extra):
        self.hardware, self.settings, self.extra = hardware, settings, extra
        platform = hardware.child('Platform')
        architecture = platform.get('architecture')
        if architecture.lower() not in ('', 'x86', 'none'):
            raise platform.wrong('architecture', 'is not one of PCs')
        self.places = [hardware, platform, platform.child('x86'),
                       hardware.child('CPU'), platform.child('CPU')]

    def find(self, name):
        """The element, wherever this version of the settings has it."""
        found = [place.child(name) for place in self.places]
        return next((node for node in found if node.attributes), found[0])

    def fill(self, machine):
        """All that is on the mainboard."""
        hardware = self.hardware
        machine.memory = hardware.child('Memory').number(
            'RAMSize', 128, 4, MAX_MEMORY)
        machine.chipset = self.find('Chipset').choice('type', CHIPSETS,
                                                      Chipset.PIIX3)
        machine.cpu = self.cpu()
        machine.firmware = self.firmware()
        machine.clock = self.clock()
        machine.hpet = bool(self.find('HPET').boolean('enabled', False))
        machine.paravirt = self.find('Paravirt').get('provider')
        machine.iommu = self.find('Iommu').get('type')
        machine.tpm = (hardware.child('TrustedPlatformModule').get('type') or
                       self.firmware_node().child('TPM').get('type'))
        machine.boot_order = self.boot_order()

    def cpu(self):
        """<CPU>; its settings are elements, or attributes in old versions."""
        node = self.hardware.child('CPU')
        return Cpu(
            node.number('count', 1, 1, MAX_CPUS),
            pae=self.switch('PAE'), long_mode=self.switch('LongMode'),
            apic=self.switch('APIC'), x2apic=self.switch('X2APIC'),
            nested=bool(self.switch('NestedHWVirt')),
            hotplug=bool(node.boolean('hotplug', False)),
            execution_cap=node.number('executionCap', 100, 1, 100),
            profile=node.get('CpuProfile') or node.get('cpuProfile'))

    def switch(self, name):
        """<NAME enabled=.../>, or None."""
        return self.find(name).boolean('enabled')

    def firmware_node(self):
        """<Firmware> with children, or <BIOS> of old."""
        firmware = self.hardware.child('Firmware')
        return firmware if firmware.children else self.hardware.child('BIOS')

    def firmware(self):
        """What starts the machine."""
        settings = self.firmware_node()
        kind = self.hardware.child('Firmware').choice(
            'type', FIRMWARE, FirmwareKind.BIOS)
        nvram = settings.child('NVRAM').get('path') or (
            self.hardware.child('NVRAM').get('path'))
        settings.child('Logo').use_all()
        return Firmware(
            kind, settings.child('ACPI').boolean('enabled', True) is not False,
            settings.child('IOAPIC').boolean('enabled'),
            settings.child('SecureBoot').boolean('enabled', False),
            nvram=Path(nvram) if nvram else None,
            boot_menu=settings.child('BootMenu').choice('mode', MENUS, ''),
            smbios=self.smbios())

    def smbios(self):
        """Texts that ExtraData gives the BIOS for SMBIOS."""
        texts = {}
        for name, value in self.extra.items():
            found = DMI.match(name)
            if found and found[1] in SMBIOS:
                texts[SMBIOS[found[1]]] = value.removeprefix('string:')
        return texts

    def clock(self):
        """<RTC> and the offset of <TimeOffset>."""
        base = self.find('RTC').get('localOrUTC')
        offset = self.firmware_node().child('TimeOffset').number(
            'value', 0, -2 ** 53, 2 ** 53)
        return Clock(base.lower() == 'utc', offset)

    def boot_order(self):
        """<Boot>, or None."""
        orders = self.hardware.child('Boot').each('Order')
        if not orders:
            return None
        orders.sort(key=lambda order: order.number('position', 0, 1, 99))
        devices = [order.choice('device', BOOT) for order in orders]
        return [device for device in devices if device]
