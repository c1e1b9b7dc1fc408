# SPDX-License-Identifier: GPL-2.0-or-later
"""The <VirtualHardwareSection> of an OVF."""

import re

from buslogic_import.model import (Attachment, Audio, Controller,
                                   ControllerKind, DeviceKind, Nic, Other)

# CIM's resource types
CPU, MEMORY, IDE, SCSI, NIC = 3, 4, 5, 6, 10
FLOPPY, CD, DVD, DISK, STORAGE = 14, 15, 16, 17, 20
USB, DISPLAY, SOUND = 23, 24, 35
DRIVES = {FLOPPY: DeviceKind.FLOPPY, CD: DeviceKind.CDROM,
          DVD: DeviceKind.CDROM, DISK: DeviceKind.DISK}
SCSI_KINDS = {'buslogic': ControllerKind.BUSLOGIC,
              'lsilogic': ControllerKind.LSILOGIC,
              'lsilogicsas': ControllerKind.LSILOGIC_SAS,
              'virtualscsi': ControllerKind.PVSCSI}
STORAGE_KINDS = {'ahci': ControllerKind.AHCI,
                 'vmware.sata.ahci': ControllerKind.AHCI,
                 'virtioscsi': ControllerKind.VIRTIO_SCSI,
                 'virtio-scsi': ControllerKind.VIRTIO_SCSI,
                 'nvme': ControllerKind.NVME,
                 'vmware.nvme.controller': ControllerKind.NVME}
IDE_KINDS = {'piix3': ControllerKind.PIIX3, 'piix4': ControllerKind.PIIX4,
             'ich6': ControllerKind.ICH6}
UNITS = {'megabytes': 20, 'mb': 20, 'mebibytes': 20, 'gigabytes': 30,
         'gb': 30, 'kilobytes': 10, 'kb': 10, 'bytes': 0, 'byte': 0}
POWER = re.compile(r'bytes?\s*\*\s*2\s*\^\s*(\d{1,2})')
MAX_MEMORY = 4 << 20            # MiB
MAX_CPUS = 256
MAX_ITEMS = 1000
# What networks of these names are, as VirtualBox calls it
NETWORKS = {'nat': 'NAT', 'hostonly': 'HostOnlyInterface',
            'host-only': 'HostOnlyInterface', 'bridged': 'BridgedInterface'}


class Item:
    """An <Item>, <StorageItem> or <EthernetPortItem>."""

    def __init__(self, node):
        self.node = node
        self.type = self.number('ResourceType', low=0, high=0xffff)
        self.id = self.text('InstanceID') or self.text('InstanceId')
        self.subtype = self.text('ResourceSubType')
        self.parent = self.text('Parent')
        self.name = (self.text('ElementName') or self.text('Caption') or
                     f'item {self.id}')

    def text(self, name, default=''):
        """What an element of it says."""
        return self.node.child(name).body() or default

    def number(self, name, default=0, low=0, high=2 ** 32 - 1):
        """The same as a number."""
        node = self.node.child(name)
        text = node.body()
        return node.parsed(text, name, low, high) if text else default


class Hardware:
    """The items, by their place in the machine."""

    def __init__(self, section, media, configurations):
        self.media = media
        nodes = section.each('Item', 'StorageItem', 'EthernetPortItem')
        if not 0 < len(nodes) <= MAX_ITEMS:
            raise section.failed('has too many items' if nodes else
                                 'has no items')
        # Those with another bound say what is possible, not what is.
        self.bounds = [node for node in nodes
                       if node.get('bound').lower() not in ('', 'normal')]
        self.items = [Item(node) for node in configurations.items(
            [node for node in nodes if node not in self.bounds])]
        self.controllers = {}           # by instance ID: (Controller, port)
        self.kinds = {}                 # how many there are of each kind

    def fill(self, machine):
        """All items."""
        for node in self.bounds:
            item = Item(node)
            machine.others.append(Other(
                f'{item.name}: {node.get("bound")}',
                item.text('VirtualQuantity'),
                'what is possible, not what is', True))
            node.use_all()
        for item in self.items:
            self._add(machine, item)
        for item in self.items:
            if item.type in DRIVES:
                self._add_drive(machine, item)

    def _add(self, machine, item):
        """An item that is no drive."""
        if item.type == CPU:
            machine.cpu.count = item.number('VirtualQuantity', 1, 1, MAX_CPUS)
            machine.cpu.cores_per_socket = item.number('CoresPerSocket', 1, 1,
                                                       MAX_CPUS)
        elif item.type == MEMORY:
            machine.memory = _memory(item)
        elif item.type in (IDE, SCSI, STORAGE):
            self._add_controller(machine, item)
        elif item.type == NIC:
            machine.nics.append(_nic(item, len(machine.nics)))
            _report_choice(machine, item)
        elif item.type == USB:
            machine.usb += _usb(item)
        elif item.type == SOUND:
            machine.audio = _sound(item)
        elif item.type == DISPLAY:
            machine.others.append(Other(
                item.name, f'video card {item.subtype}'.strip(),
                'QEMU has its usual one', True))
            item.node.child('VirtualQuantity')
        elif item.type not in DRIVES:
            machine.others.append(Other(
                f'item {item.id}: {item.name}',
                f'type {item.type} {item.subtype}'.strip()))

    def _add_controller(self, machine, item):
        """IDE channels come as items of their own; they are one."""
        if item.type == IDE:
            port = item.number('Address', 0, 0, 1)
            kind = IDE_KINDS.get(item.subtype.lower(), ControllerKind.PIIX4)
            controller = next((ide for ide in machine.controllers
                               if ide.kind is kind), None)
        else:
            kinds = SCSI_KINDS if item.type == SCSI else STORAGE_KINDS
            kind, controller, port = _first_known(item, kinds), None, 0
            _report_choice(machine, item)
        if not kind and item.type == SCSI:
            # As VirtualBox does
            kind = ControllerKind.LSILOGIC
            machine.others.append(Other(
                f'{item.name}: ResourceSubType', item.subtype or 'missing',
                'taken for an LsiLogic'))
        if not kind:
            raise item.node.failed(f'storage controller {item.subtype or "?"} '
                                   'is not known; known are '
                                   + ', '.join(STORAGE_KINDS))
        if not controller:
            number = self.kinds[kind] = self.kinds.get(kind, -1) + 1
            controller = Controller(kind, item.name, number)
            machine.controllers.append(controller)
        if item.id in self.controllers:
            raise item.node.failed(f'there are two controllers {item.id}')
        self.controllers[item.id] = controller, port

    def _add_drive(self, machine, item):
        """A drive, behind the controller that it names."""
        if item.type == FLOPPY:
            controller, channel = _floppy_controller(machine), 0
        elif item.parent in self.controllers:
            controller, channel = self.controllers[item.parent]
        else:
            raise item.node.failed(f'{item.name}: there is no controller '
                                   f'{item.parent or "(none named)"}')
        place = item.number('AddressOnParent', 0, 0, 255)
        is_pair = controller.kind in IDE_KINDS.values() or item.type == FLOPPY
        drive = Attachment(DRIVES[item.type],
                           *((channel, place) if is_pair else (place, 0)))
        resource = item.text('HostResource')
        if resource:
            drive.medium = self.media.resource(item.node, resource)
        elif item.type == DISK:
            raise item.node.failed(f'{item.name} has no disk')
        controller.attachments.append(drive)


def _first_known(item, kinds):
    """Of the kinds that will do, one that QEMU has, else any that we know."""
    known = [kinds[word] for word in item.subtype.lower().split()
             if word in kinds]
    known.sort(key=lambda kind: kind is ControllerKind.LSILOGIC)
    return known[0] if known else None


def _report_choice(machine, item):
    if len(item.subtype.split()) > 1:
        machine.others.append(Other(
            f'{item.name}: ResourceSubType', item.subtype,
            'each of them will do', True))


def _floppy_controller(machine):
    for controller in machine.controllers:
        if controller.kind is ControllerKind.FLOPPY:
            return controller
    machine.controllers.append(Controller(ControllerKind.FLOPPY, 'floppy'))
    return machine.controllers[-1]


def _memory(item):
    """In MiB; AllocationUnits says in what units it is."""
    units = item.text('AllocationUnits', 'MegaBytes').lower()
    power = POWER.fullmatch(units)
    if not power and units not in UNITS:
        raise item.node.failed(f'AllocationUnits {units[:40]} is not known')
    shift = int(power[1]) if power else UNITS[units]
    mebibytes = item.number('VirtualQuantity', 0, 0, 2 ** 63) << shift >> 20
    if not 4 <= mebibytes <= MAX_MEMORY:
        raise item.node.failed(f'{mebibytes} MiB of memory cannot be')
    return mebibytes


def _nic(item, slot):
    network = item.text('Connection')
    # Of several that will do, the first
    model = (item.subtype.split() or ['PCNet32'])[0]
    mac = re.sub('[:-]', '', item.text('Address')).lower()
    if mac and not re.fullmatch('[0-9a-f]{12}', mac):
        raise item.node.failed(f'{item.name}: Address is no MAC address')
    kind = NETWORKS.get(network.lower(), 'BridgedInterface')
    return Nic(slot, model,
               ':'.join(mac[at:at + 2] for at in range(0, len(mac), 2)), kind,
               '' if network.lower() in NETWORKS else network,
               cable=item.text('AutomaticAllocation').lower() != 'false')


def _usb(item):
    kind = item.subtype.lower()
    if 'xhci' in kind:
        return ['XHCI']
    return ['OHCI', 'EHCI'] if 'ehci' in kind else ['OHCI']


def _sound(item):
    kinds = {'ensoniq1371': 'es1371', 'sb16': 'SB16', 'ac97': 'AC97',
             'hda': 'HDA', 'vmware.soundcard.hdaudio': 'HDA'}
    return Audio(kinds.get(item.subtype.lower(), item.subtype or 'es1371'))
