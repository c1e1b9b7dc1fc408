# SPDX-License-Identifier: GPL-2.0-or-later
"""BusLogic's adapter, which is why this project is there."""

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.buses import ScsiBus

# VirtualBox's names: driver, model, greatest SCSI ID
BOARDS = {'BT-958D': ('buslogic', 'bt958d', 15),
          'BT-545C': ('buslogic-isa', 'bt545c', 7),
          'AHA-1540B': ('buslogic-isa', 'aha1540b', 7)}
VMWARE = ('buslogic', 'bt958', 15)
OWN_ID = 7

# What VirtualBox calls the ISA compatible ports
PORTS = {'Disabled': None, 'Primary': 0x330, 'Alternate': 0x334}
ISA_BASES = [0x330, 0x334, 0x230, 0x234, 0x130, 0x134]
ISA_IRQS = [10, 11, 9, 15, 14, 12]


class BusLogic(ScsiBus):
    """The adapter, and SCSI IDs behind it."""

    def __init__(self, context, controller, name, replaced):
        self.driver, self.model, self.last_port = _board(context, controller)
        self.compat = _compat(context, controller)
        super().__init__(context, controller, name, replaced)

    def create(self):
        """The adapter, its ISA ports and its SCSI ID."""
        own_id = self._own_id()
        if self.driver == 'buslogic':
            option = self._create_pci(own_id)
        else:
            option = self._create_isa(own_id)
        self.report_controller('exact', option)
        self._report_model()
        if own_id != OWN_ID:
            self.context.report.approximated(
                f"{self.title}: the adapter's SCSI ID", OWN_ID,
                f'scsi-id={own_id}', f'a drive has ID {OWN_ID}')

    def _own_id(self):
        """7 unless a drive has it; drives keep their IDs."""
        taken = {self.address(position, drive)[0] for position, drive
                 in enumerate(self.controller.attachments)}
        for own_id in [OWN_ID, *range(self.last_port, -1, -1)]:
            if own_id not in taken:
                return own_id
        raise ImportFailed(self.title, 'no SCSI ID is left for the adapter')

    def _create_pci(self, own_id):
        """Its ISA compatible ports are off if another adapter has them."""
        port = PORTS.get(self.compat)
        if port in self.context.isa_ports:
            self._report_taken(self.compat, 'isa-compat=disabled')
            self.compat = 'Disabled'
        elif port:
            self.context.isa_ports.append(port)
        return self.add_device('buslogic', 'BusLogic', {
            'model': self.model, 'isa-compat': self.compat.lower() or 'auto',
            'scsi-id': own_id if own_id != OWN_ID else None})

    def _create_isa(self, own_id):
        """A board for ISA; drivers ask it for its interrupt."""
        taken = self.context.isa_ports
        wanted = PORTS.get(self.compat) or ISA_BASES[0]
        base = next((port for port in [wanted, *ISA_BASES]
                     if port not in taken), None)
        if base is None:
            raise ImportFailed(self.title, 'more boards than ISA has room for')
        if base != wanted:
            self._report_taken(f'{wanted:#x}', f'iobase={base:#x}')
        taken.append(base)
        number = self.context.instance('board for ISA')
        self.report_no_slot()
        return self.context.options.device('buslogic-isa', {
            'id': self.name, 'model': self.model, 'iobase': f'{base:#x}',
            'irq': ISA_IRQS[number], 'dma': 5 + number % 3,
            'scsi-id': own_id if own_id != OWN_ID else None})

    def _report_taken(self, wanted, result):
        self.context.report.approximated(
            f'{self.title}: ISA ports', wanted, result,
            'another adapter has them')

    def _report_model(self):
        report, controller = self.context.report, self.controller
        if controller.adapter_type:
            report.exact(f'{self.title}: AdapterType',
                         controller.adapter_type, f'model={self.model}')
        if controller.isa_compat:
            report.exact(f'{self.title}: ISACompat', controller.isa_compat,
                         self._ports_result())
        if self.model == 'aha1540b':
            report.approximated(
                f'{self.title}: booting', 'BIOS', 'no boot ROM',
                'there is none for boards of Adaptec')

    def _ports_result(self):
        if self.driver == 'buslogic':
            return f'isa-compat={self.compat.lower()}'
        return f'iobase={self.context.isa_ports[-1]:#x}'


def _board(context, controller):
    kind = controller.adapter_type
    if not kind:
        return BOARDS['BT-958D'] if context.is_virtualbox else VMWARE
    for name, board in BOARDS.items():
        if name.lower() == kind.lower():
            return board
    raise ImportFailed(f'controller "{controller.name}"',
                       f'AdapterType {kind} is not known; known are '
                       + ', '.join(BOARDS))


def _compat(context, controller):
    """Where the ISA compatible ports are; VirtualBox has defaults."""
    kind = controller.isa_compat
    if not kind:
        if not context.is_virtualbox:
            return ''
        return 'Disabled' if controller.instance else 'Alternate'
    for name in PORTS:
        if name.lower() == kind.lower():
            return name
    raise ImportFailed(f'controller "{controller.name}"',
                       f'ISACompat {kind} is not known; known are '
                       + ', '.join(PORTS))
