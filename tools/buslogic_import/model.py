# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine as VirtualBox or VMware describe it.

Readers fill it in, mappings turn it into QEMU's options.  Values are already
validated and typed; None or the default of a field means that the source does
not say.  What a reader does not understand, or what has no field here, goes to
Machine.others, so that the report can name it: nothing is lost silently.
"""

import enum
from dataclasses import dataclass, field
from pathlib import Path


class Source(enum.Enum):
    """Who wrote the description."""

    VBOX = 'VirtualBox settings'
    OVF_VBOX = 'OVF with VirtualBox settings'
    OVF = 'OVF'
    VMX = 'VMware configuration'


class Chipset(enum.Enum):
    """What the mainboard has."""

    PIIX3 = 'PIIX3'         # i440FX too
    ICH9 = 'ICH9'


class FirmwareKind(enum.Enum):
    """What starts the machine."""

    BIOS = 'BIOS'
    EFI32 = 'EFI32'
    EFI64 = 'EFI64'


class ControllerKind(enum.Enum):
    """What disks can be attached to."""

    BUSLOGIC = 'BusLogic'
    LSILOGIC = 'LsiLogic'
    LSILOGIC_SAS = 'LsiLogicSas'
    PVSCSI = 'pvscsi'
    VIRTIO_SCSI = 'VirtioSCSI'
    PIIX3 = 'PIIX3'
    PIIX4 = 'PIIX4'
    ICH6 = 'ICH6'
    AHCI = 'AHCI'
    NVME = 'NVMe'
    FLOPPY = 'I82078'
    USB = 'USB'


class DeviceKind(enum.Enum):
    """What is attached to a controller."""

    DISK = 'disk'
    CDROM = 'CD-ROM drive'
    FLOPPY = 'floppy drive'


class BootDevice(enum.Enum):
    """An entry of a boot order."""

    FLOPPY = 'floppy'
    CDROM = 'CD-ROM'
    DISK = 'disk'
    NETWORK = 'network'


class MediumType(enum.Enum):
    """What happens to what the guest writes."""

    NORMAL = 'Normal'
    IMMUTABLE = 'Immutable'
    WRITETHROUGH = 'Writethrough'
    SHAREABLE = 'Shareable'
    READONLY = 'Readonly'
    MULTI_ATTACH = 'MultiAttach'


@dataclass
class Medium:
    """A disk, CD or floppy image."""

    path: Path                      # absolute
    uuid: str = ''                  # lower case, no braces
    format: str = ''                # as the source calls it: 'VDI', 'VMDK'
    type: MediumType = MediumType.NORMAL
    parent: 'Medium | None' = None  # of a differencing image of VirtualBox
    # Of a member of an OVA: position and size in that file, in bytes
    offset: int = 0
    size: int | None = None
    compressed: bool = False        # OVF's gzip


@dataclass
class Attachment:
    """A drive on a controller."""

    kind: DeviceKind
    port: int                       # SCSI ID, IDE channel, AHCI port
    unit: int = 0                   # LUN, IDE master or slave, floppy drive
    medium: Medium | None = None    # None: empty, or a drive of the host
    host_drive: str = ''            # '/dev/cdrom'
    passthrough: bool = False       # the guest's commands reach that drive
    nonrotational: bool = False
    discard: bool = False
    hotpluggable: bool = False
    temporary_eject: bool = False
    vendor: str = ''                # in INQUIRY or IDENTIFY, where set
    product: str = ''
    revision: str = ''
    serial: str = ''
    boot_rank: int | None = None    # VMware's bios.hddOrder


@dataclass
class Controller:
    """A storage controller and the drives behind it."""

    kind: ControllerKind
    name: str                       # as in the source, for the report
    instance: int = 0               # among those of its kind
    ports: int | None = None
    bootable: bool = True
    host_cache: bool = True
    pci_slot: int | None = None     # device number on the root bus
    isa_compat: str = ''            # BusLogic: 'Disabled', 'Primary', ...
    adapter_type: str = ''          # BusLogic: 'BT-958D', 'BT-545C', ...
    shared_bus: str = ''            # VMware: 'physical', 'virtual'
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Forwarding:
    """A port of the host that leads to the guest (NAT)."""

    name: str
    protocol: str                   # 'tcp', 'udp'
    host_address: str
    host_port: int
    guest_address: str
    guest_port: int


@dataclass
class Nic:
    """A network adapter."""

    slot: int
    model: str                      # 'Am79C973', '82540EM', 'vlance', 'E1000'
    mac: str = ''                   # '08:00:27:...'
    attachment: str = ''            # 'NAT', 'BridgedInterface', ...; '' none
    network: str = ''               # its interface or network
    nat_network: str = ''           # CIDR of NAT
    forwardings: list[Forwarding] = field(default_factory=list)
    cable: bool = True
    speed: int = 0                  # kbit/s as announced; 0: the model's own
    promiscuous: str = ''
    boot_priority: int = 0
    pci_slot: int | None = None


@dataclass
class Serial:
    """A serial port."""

    slot: int
    iobase: int                     # 0x3f8
    irq: int
    mode: str                       # 'Disconnected', 'RawFile', 'HostPipe',
    path: str = ''                  # 'HostDevice', 'TCP', 'concentrator';
                                    # path, device, port
    server: bool = False
    uart: str = '16550A'


@dataclass
class Parallel:
    """A parallel port."""

    slot: int
    iobase: int
    irq: int
    path: str = ''                  # of a port of the host
    is_file: bool = False           # it is one that gets all output


@dataclass
class Audio:
    """A sound card."""

    controller: str                 # 'AC97', 'HDA', 'SB16', 'es1371'
    codec: str = ''
    driver: str = ''                # of the host
    output: bool = True
    input: bool = False


@dataclass
class Display:
    """A graphics card."""

    controller: str = ''            # 'VBoxVGA', 'VMSVGA', ...; '' default
    vram: int | None = None         # MiB
    monitors: int = 1
    accelerate_3d: bool = False
    accelerate_2d: bool = False
    remote: str = ''                # VRDE's port, where switched on


@dataclass
class Cpu:
    """Processors."""

    count: int = 1
    cores_per_socket: int = 1
    pae: bool | None = None
    long_mode: bool | None = None
    apic: bool | None = None
    x2apic: bool | None = None
    nested: bool = False
    hotplug: bool = False
    execution_cap: int = 100        # percent
    profile: str = ''               # VirtualBox's name of a CPU to show


@dataclass
class Firmware:
    """What starts the machine, and its settings."""

    kind: FirmwareKind = FirmwareKind.BIOS
    acpi: bool = True
    ioapic: bool | None = None
    secure_boot: bool = False
    nvram: Path | None = None
    boot_menu: str = ''             # 'Disabled', 'MenuOnly', ...
    # SMBIOS strings as QEMU calls them: {(0, 'vendor'): 'innotek GmbH'}
    smbios: dict[tuple[int, str], str] = field(default_factory=dict)


@dataclass
class Clock:
    """The real-time clock."""

    utc: bool = True
    offset_ms: int = 0              # guest ahead of the host
    told: bool = True               # False: this is a guess


@dataclass
class Other:
    """A setting that has no field above."""

    setting: str                    # '<SharedFolders>', 'tools.syncTime'
    value: str
    # Empty: the reader does not know it.  Else why it makes no difference to
    # the guest's hardware, or what it does.
    reason: str = ''
    harmless: bool = False          # nothing that the guest could notice


@dataclass
class Machine:
    """All that the source says."""

    source: Source
    path: Path                      # the file it was read from
    name: str
    os_type: str = ''               # 'WindowsNT4', 'winnt', as in the source
    uuid: str = ''                  # as the guest's SMBIOS shows it
    description: str = ''
    memory: int = 32                # MiB
    chipset: Chipset = Chipset.PIIX3
    cpu: Cpu = field(default_factory=Cpu)
    firmware: Firmware = field(default_factory=Firmware)
    clock: Clock = field(default_factory=Clock)
    hpet: bool = False
    paravirt: str = ''              # 'None', 'Default', 'KVM', 'HyperV', ...
    iommu: str = ''
    tpm: str = ''
    boot_order: list[BootDevice] | None = None   # None: the firmware's own
    controllers: list[Controller] = field(default_factory=list)
    nics: list[Nic] = field(default_factory=list)
    serials: list[Serial] = field(default_factory=list)
    parallels: list[Parallel] = field(default_factory=list)
    audio: Audio | None = None
    display: Display = field(default_factory=Display)
    usb: list[str] = field(default_factory=list)    # 'OHCI', 'EHCI', 'XHCI'
    pointing: str = ''              # 'PS2Mouse', 'USBTablet', ...
    keyboard: str = ''
    others: list[Other] = field(default_factory=list)
