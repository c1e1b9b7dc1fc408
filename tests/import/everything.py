# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that has something in every field of the model."""

from pathlib import Path

from machines import UUID, cdrom, controller, disk, machine
from buslogic_import.model import (Attachment, Audio, BootDevice, Clock,
                                   ControllerKind, Cpu, DeviceKind, Display,
                                   Firmware, Forwarding, Medium, Nic, Other,
                                   Parallel, Serial)


def _iso():
    return Medium(Path('/vm/cd.iso'), UUID, 'RAW', offset=512, size=1 << 20,
                  compressed=True)


def _differencing():
    return Medium(Path('/vm/new.vdi'), UUID, 'VDI',
                  parent=Medium(Path('/vm/old.vdi'), UUID, 'VDI'))


def _controllers():
    kind = ControllerKind
    return [
        controller(kind.BUSLOGIC, disk(0, medium=_differencing()),
                   cdrom(6, host_drive='/dev/sr7', passthrough=True),
                   ports=16),
        controller(kind.PIIX4, disk(0, boot_rank=1), cdrom(1, medium=_iso())),
        controller(kind.AHCI, disk(0)), controller(kind.LSILOGIC_SAS, disk(1)),
        controller(kind.VIRTIO_SCSI, disk(2)), controller(kind.NVME, disk(3)),
        controller(kind.USB, disk(0)),
        controller(kind.FLOPPY, Attachment(
            DeviceKind.FLOPPY, 0, medium=Medium(Path('/vm/a.img')))),
    ]


def _nics():
    return [
        Nic(0, 'Am79C973', '08:00:27:00:00:01', 'NAT', forwardings=[
            Forwarding('ssh', 'tcp', '127.0.0.1', 2222, '10.0.2.15', 22)]),
        Nic(1, '82540EM', attachment='BridgedInterface', network='eth0'),
        Nic(2, 'virtio', attachment='HostOnlyInterface', network='vboxnet0'),
        Nic(3, '82543GC', attachment='InternalNetwork', network='lab'),
        Nic(4, '82545EM', attachment='NATNetwork', network='nat'),
        Nic(5, 'NE2000', attachment='GenericInterface', network='udp'),
    ]


def everything():
    """The machine; each call makes another one of the same."""
    return machine(
        os_type='Linux_64', uuid=UUID, description='notes', memory=64,
        cpu=Cpu(2, 2), firmware=Firmware(
            nvram=Path('/vm/old.nvram'), boot_menu='MenuOnly',
            smbios={(1, 'serial'): '4711'}),
        clock=Clock(offset_ms=-2000), paravirt='Default',
        boot_order=list(BootDevice), controllers=_controllers(),
        nics=_nics(), serials=[Serial(0, 0x3f8, 4, 'TCP', '23', True)],
        parallels=[Parallel(0, 0x378, 7, '/dev/parport7')],
        audio=Audio('HDA'), display=Display('VMSVGA', 16),
        usb=['OHCI', 'EHCI', 'XHCI'], pointing='USBTablet',
        keyboard='PS2Keyboard', others=[Other('<Unknown>', '1', 'why')])
