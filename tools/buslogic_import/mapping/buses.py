# SPDX-License-Identifier: GPL-2.0-or-later
"""Storage controllers, and where drives are on them."""

from buslogic_import.errors import ImportFailed
from buslogic_import.model import Chipset


class Bus:
    """A controller.  Subclasses say what QEMU has for it."""

    family = ''                 # of the drivers of drives
    last_port = None            # the highest port that a drive can have
    last_unit = 0
    akin = ()                   # kinds whose drives have the same places

    def __init__(self, context, controller, name, replaced):
        self.context, self.controller = context, controller
        self.name = name        # the id= of the controller
        self.replaced = replaced    # of another kind than in the source
        self.title = f'controller "{controller.name}"'
        self.context.options.remark(
            f'Storage controller {controller.name}: {controller.kind.value}')
        self.create()

    def create(self):
        """Make the controller, and report it."""
        raise NotImplementedError

    def place(self, port, unit):
        """The properties that put a drive there."""
        raise NotImplementedError

    def check(self, port, unit):
        """Refuse a drive where there is no place for one."""
        for what, value, last in [('port', port, self.last_port),
                                  ('unit', unit, self.last_unit)]:
            if value < 0 or last is not None and value > last:
                raise ImportFailed(
                    f'{self.title}, port {port}, unit {unit}',
                    f'{what}s are 0 to {last if last is not None else "..."}')

    def address(self, position, attachment):
        """Port and unit; by position for a drive of another kind of bus."""
        if self.replaced and self.controller.kind.value not in self.akin:
            return self.renumber(position)
        return attachment.port, attachment.unit

    def renumber(self, position):
        """The place of a drive from another kind of bus."""
        return position, 0

    def add_device(self, driver, kind, properties=()):
        """The controller on the PCI bus, in the place it has there."""
        wanted = self.controller.pci_slot
        slot, same = self.context.slots.take(kind, self.controller.instance,
                                             wanted)
        option = self.context.options.device(driver, {
            'id': self.name, 'addr': f'{slot:#x}', **dict(properties)})
        self.context.report_slot(self.title, same, wanted, slot)
        return option

    def report_no_slot(self):
        """The source has a place for what has none here."""
        if self.controller.pci_slot is not None:
            self.context.report.approximated(
                f'{self.title}: PCI device number', self.controller.pci_slot,
                'part of the mainboard or of another controller',
                'QEMU has it there')

    def report_controller(self, fidelity, option, why=''):
        """The decision about the controller itself."""
        ports, instance = self.controller.ports, self.controller.instance
        source = self.controller.kind.value + (
            f', {ports} ports' if ports is not None else '') + (
            f', instance {instance}' if instance else '')
        if self.replaced:
            fidelity, why = 'approximated', 'replaced as you said'
        method = getattr(self.context.report, fidelity)
        method(self.title, source, option, *([why] if why else []))


class ScsiBus(Bus):
    """Any adapter for SCSI."""

    family = 'scsi'
    driver, kind = '', ''
    fidelity, why = 'equivalent', ''
    properties = {}
    last_unit = 7
    akin = ('BusLogic', 'LsiLogic', 'LsiLogicSas', 'pvscsi', 'VirtioSCSI')

    def create(self):
        self.report_controller(
            self.fidelity, self.add_device(self.driver, self.kind,
                                           self.properties), self.why)

    def place(self, port, unit):
        self.check(port, unit)
        return {'bus': f'{self.name}.0', 'scsi-id': port,
                'lun': unit}


class LsiLogicSas(ScsiBus):
    """LSI's SAS1068."""

    driver, kind = 'mptsas1068', 'LsiLogicSas'
    why = 'the same chip, of another revision'
    last_port = 7


class Pvscsi(ScsiBus):
    """VMware's paravirtual adapter."""

    driver, kind, fidelity = 'pvscsi', 'pvscsi', 'exact'
    last_port = 63


class VirtioScsi(ScsiBus):
    """Virtio 1.0 only, as VirtualBox has it."""

    driver, kind = 'virtio-scsi-pci', 'VirtioSCSI'
    why = 'the same interface'
    properties = {'disable-legacy': 'on'}
    last_port = 255


class Lsi53c895a(ScsiBus):
    """In place of another adapter."""

    driver, kind = 'lsi53c895a', 'LsiLogic'
    last_port = 6


class Am53c974(Lsi53c895a):
    """In place of another adapter."""

    driver = 'am53c974'


class Megasas(Lsi53c895a):
    """In place of another adapter."""

    driver = 'megasas'
    last_port = 15


class Ide(Bus):
    """IDE, which the chipset PIIX3 has built in."""

    family = 'ide'
    last_port = last_unit = 1
    same_chip = ('PIIX3',)
    akin = ('PIIX3', 'PIIX4', 'ICH6')

    def create(self):
        guest = self._is_guest()
        if self.context.has_ide and not guest:
            raise ImportFailed(self.title, 'a machine has one IDE controller')
        self.context.has_ide |= not guest
        self.context.ide = self.context.ide or self._created()
        self.name, option = self.context.ide
        self.report_no_slot()
        if self.controller.kind.value in self.same_chip:
            self.report_controller('exact', option)
        else:
            self.report_controller(
                'approximated', option, 'QEMU has another of the family: the '
                'same registers, another PCI ID')

    def _is_guest(self):
        """Whether its drives are in what other drives leave free."""
        return self.controller.kind.value not in self.akin

    def _created(self):
        """(id=, what it is)."""
        if self.context.chipset is not Chipset.ICH9:
            return 'ide', 'piix3-ide, part of the mainboard'
        slot, _ = self.context.slots.take('IDE')
        return self.name, self.context.options.device('piix3-ide', {
            'id': self.name, 'addr': f'{slot:#x}'})

    def place(self, port, unit):
        self.check(port, unit)
        return {'bus': f'{self.name}.{port}', 'unit': unit}

    def renumber(self, position):
        """The first place that no drive of an IDE controller has."""
        taken = self.context.ide_places | {
            (drive.port, drive.unit)
            for controller in self.context.machine.controllers
            if controller.kind.value in self.akin
            for drive in controller.attachments}
        for place in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            if place not in taken:
                self.context.ide_places.add(place)
                return place
        raise ImportFailed(self.title, 'there is room for four drives on IDE')


class Ahci(Bus):
    """SATA; QEMU's controllers have six ports each."""

    family = 'ide'
    PORTS = 6

    def create(self):
        self.option = self.add_device('ich9-ahci', 'AHCI')
        self.more = {}
        self.report_controller('approximated', self.option,
                               'the same registers, another PCI ID')

    def place(self, port, unit):
        self.check(port, unit)
        number, port = divmod(port, self.PORTS)
        name = self._controller(number)
        return {'bus': f'{name}.{port}'}

    def _controller(self, number):
        """The controller that has these ports."""
        if number == 0:
            return self.name
        if number not in self.more:
            name = self.more[number] = f'{self.name}-{number}'
            slot, _ = self.context.slots.take('more')
            option = self.context.options.device('ich9-ahci', {
                'id': name, 'addr': f'{slot:#x}'})
            self.context.report.approximated(
                f'{self.title}: ports from {number * self.PORTS}', 'AHCI',
                option, f'QEMU has {self.PORTS} ports a controller')
        return self.more[number]


class Nvme(Bus):
    """One controller, a namespace for each drive."""

    family = 'nvme'

    def create(self):
        option = self.add_device('nvme', 'NVMe', {
            'serial': self.controller.name[:20]})
        self.report_controller('approximated', option,
                               'the same registers, another PCI ID')

    def place(self, port, unit):
        self.check(port, unit)
        return {'bus': self.name, 'nsid': port + 1}


class FloppyController(Bus):
    """Part of the mainboard, unless that is of the chipset ICH9."""

    family = 'floppy'
    last_port, last_unit = 0, 1

    def create(self):
        if self.context.chipset is Chipset.ICH9:
            option = self.context.options.device('isa-fdc', {'id': self.name})
            self.bus = f'{self.name}.0'
        else:
            option, self.bus = 'isa-fdc, part of the mainboard', None
        self.report_no_slot()
        self.report_controller('exact', option)

    def place(self, port, unit):
        self.check(port, unit)
        return {'bus': self.bus, 'unit': unit}

    def boot(self, unit, index):
        """This controller, and not the drive, is told the boot order."""
        letter = 'AB'[unit]
        self.context.options.add('global', '', {
            'driver': 'isa-fdc', 'property': f'bootindex{letter}',
            'value': index})


class UsbStorage(Bus):
    """Drives on the USB controller of the machine."""

    family = 'usb'

    def create(self):
        if not self.context.machine.usb:
            raise ImportFailed(self.title, 'the machine has no USB controller')
        self.report_no_slot()
        self.report_controller('equivalent', 'usb-storage',
                               'the same class of devices')

    def place(self, port, unit):
        return {'bus': self.context.usb_bus()}
