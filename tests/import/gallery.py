# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines as people have them; golden files show what becomes of them."""

from pathlib import Path

from everything import everything
from machines import UUID, cdrom, controller, disk, machine
from buslogic_import.model import (Attachment, Audio, BootDevice, Chipset,
                                   Clock, ControllerKind, Cpu, DeviceKind,
                                   Display, Firmware, FirmwareKind, Forwarding,
                                   Medium, Nic, Other, Serial, Source)

NAT = Nic(0, 'Am79C973', '08:00:27:12:34:56', 'NAT', forwardings=[
    Forwarding('rdp', 'tcp', '', 3389, '', 3389)])


def windows_nt():
    """VirtualBox's default machine for Windows NT 4, with an old CD."""
    iso = Medium(Path('/vm/nt4 server, disc 1.iso'), UUID, 'RAW')
    result = machine(
        os_type='WindowsNT4', uuid=UUID, memory=128,
        cpu=Cpu(pae=False, long_mode=False), firmware=Firmware(
            ioapic=False, boot_menu='MessageAndMenu'),
        clock=Clock(utc=False), paravirt='Legacy', boot_order=[
            BootDevice.FLOPPY, BootDevice.CDROM, BootDevice.DISK],
        controllers=[
            controller(ControllerKind.BUSLOGIC, disk(0), disk(7),
                       cdrom(1, medium=iso), ports=16, host_cache=False),
            controller(ControllerKind.FLOPPY,
                       Attachment(DeviceKind.FLOPPY, 0))],
        nics=[NAT], audio=Audio('SB16', driver='ALSA'),
        display=Display('VBoxVGA', 16), pointing='PS2Mouse',
        keyboard='PS2Keyboard', others=[
            Other('<SharedFolders>', 'docs', 'QEMU has no folders of that '
                  'kind'), Other('<Groups>', '/old', harmless=True)])
    result.name = "Finance's \"Old\" Server"
    return result


def linux_uefi():
    """UEFI with Secure Boot on the newer chipset."""
    return machine(
        os_type='Debian_64', uuid=UUID, memory=512, chipset=Chipset.ICH9,
        hpet=True, iommu='Intel', tpm='v2_0', cpu=Cpu(2, x2apic=True),
        firmware=Firmware(FirmwareKind.EFI64, ioapic=True, secure_boot=True),
        controllers=[
            controller(ControllerKind.BUSLOGIC, disk(0)),
            controller(ControllerKind.AHCI, disk(7), cdrom(1)),
            controller(ControllerKind.PIIX4, cdrom(1, 1)),
            controller(ControllerKind.FLOPPY,
                       Attachment(DeviceKind.FLOPPY, 0))],
        nics=[NAT], usb=['XHCI'], pointing='USBTablet',
        keyboard='USBKeyboard', paravirt='KVM')


def small_uefi():
    """UEFI with 32 bits."""
    return machine(firmware=Firmware(FirmwareKind.EFI32), os_type='Linux26',
                   cpu=Cpu(long_mode=False), controllers=[
                       controller(ControllerKind.BUSLOGIC, disk(0))])


def vmware():
    """An old machine of VMware."""
    return machine(
        Source.VMX, os_type='winNetEnterprise', uuid=UUID, memory=256,
        controllers=[
            controller(ControllerKind.BUSLOGIC, disk(0, boot_rank=1),
                       disk(1, boot_rank=0), pci_slot=16),
            controller(ControllerKind.PIIX4, cdrom(1))],
        nics=[Nic(0, 'vlance', '00:0c:29:12:34:56', 'BridgedInterface',
                  pci_slot=17)],
        serials=[Serial(0, 0x3f8, 4, 'HostPipe', r'\\.\pipe\com1', True),
                 Serial(1, 0x2f8, 3, 'RawFile', '/dev/null')],
        audio=Audio('es1371'), clock=Clock(told=False))


def two_isa_boards():
    """VirtualBox with its two models for ISA."""
    return machine(os_type='DOS', memory=16, controllers=[
        controller(ControllerKind.BUSLOGIC, disk(0), adapter_type='BT-545C'),
        controller(ControllerKind.BUSLOGIC, disk(6), instance=1,
                   adapter_type='AHA-1540B', isa_compat='Primary')])


# By the names of the golden files
MACHINES = {
    'everything': everything, 'windows-nt': windows_nt,
    'linux-uefi': linux_uefi, 'small-uefi': small_uefi, 'vmware': vmware,
    'two-isa-boards': two_isa_boards,
}
