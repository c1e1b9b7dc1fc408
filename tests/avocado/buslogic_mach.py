#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""GNU Mach with the BusLogic driver of Linux 2.0.

    /usr/bin/python3 tests/avocado/buslogic_mach.py -v [Class.test...]
"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import mach  # noqa: E402
from guest.paths import call, tool  # noqa: E402

# Partitions in the order in which they are in the table: (start, sectors) of
# the primary ones and, in the last of them, of the logical ones.
PRIMARY = [(2048, 4096), (60001, 1234), (6144, 50000)]
LOGICAL = [(8192, 2048), (14336, 1), (40000, 3000)]

# How a hard reset of an adapter with a command is traced. Firmware and drivers
# make others before there are any.
WITH_COMMAND = 'buslogic_adapter_reset hard reset with 1'


def partition_table(primary, logical):
    """Text for sfdisk."""
    kinds = ['83'] * len(primary + logical)
    if logical:
        kinds[len(primary) - 1] = '5'
    lines = [f'start={start}, size={size}, type={kind}' for (start, size), kind
             in zip(primary + logical, kinds)]
    return '\n'.join(['label: dos', *lines, ''])


class MachTest(unittest.TestCase):
    """One boot of GNU Mach."""

    package = mach.BOOKWORM
    machine = 'pc'

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.args = []
        self.guest = None

    def add_board(self, name, device='buslogic'):
        """An adapter, before its disks."""
        self.args += ['-device', f'{device},id={name}']

    def add_disk(self, place, sectors=81919, primary=(), logical=(),
                 drive=''):
        """A disk with partitions, at BOARD.0,scsi-id=N."""
        name = f'disk{len(self.args)}'
        image = self.folder / name
        with open(image, 'wb') as out:
            out.truncate(sectors * 512)
        if primary:
            call(tool('sfdisk', 'fdisk'), '--quiet', image,
                 input=partition_table(list(primary), list(logical)))
        self.args += ['-drive', f'if=none,id=drive-{name},format=raw'
                      f',file={image},cache=unsafe{drive}', '-device',
                      f'scsi-hd,id={name},drive=drive-{name},bus={place}']
        return name

    def start(self):
        """The guest with all that was added; it ends with the test."""
        self.guest = mach.Mach(self.package, self.folder, self.machine,
                               self.args)
        self.addCleanup(self.guest.kill)
        self.guest.launch()

    def boot(self):
        """Start the guest and wait until it has done all that it can."""
        self.start()
        self.guest.wait_for(mach.END)

    def finish(self):
        """End the guest; the driver must have kept to the rules."""
        self.guest.shutdown()
        self.assertEqual(self.guest.complaints(), [], 'QEMU complained')

    def assert_said(self, *wanted):
        """Lines that begin like this have been printed, in this order."""
        rest = iter(self.guest.said.splitlines())
        for start in wanted:
            if not any(line.startswith(start) for line in rest):
                self.fail(f'no line {start!r} after those before it; '
                          + self.guest.log_tail())


class PciBoards(MachTest):
    """The BT-958 and its relatives."""

    def check_board_and_partitions(self):
        """The usual board with one disk."""
        self.add_board('hba')
        self.add_disk('hba.0,scsi-id=3', 81919, PRIMARY, LOGICAL)
        self.boot()
        self.assert_said(
            'scsi0: Configuring BusLogic Model BT-958 PCI Wide Ultra SCSI '
            'Host Adapter',
            'scsi0:   Firmware Version: 5.07B, ',
            'scsi0: *** BusLogic BT-958 Initialized Successfully ***',
            'scsi0 : BusLogic BT-958',
            'scsi : 1 host.',
            'Detected scsi disk sd0 at scsi0, channel 0, id 3, lun 0',
            'SCSI device sd0: hdwr sector= 512 bytes. Sectors= 81919 [39 MB]',
            ' sd0: sd0s1 sd0s2 sd0s3 < sd0s5 sd0s6 sd0s7 >')
        self.finish()

    def test_board_is_described_and_partitions_are_found(self):
        self.check_board_and_partitions()

    def test_board_is_found_by_the_mach_of_debian_13(self):
        self.package = mach.TRIXIE
        self.check_board_and_partitions()

    def test_board_with_isa_ports_is_found_once_and_loses_them(self):
        self.add_board('hba', 'buslogic,isa-compat=primary')
        self.add_disk('hba.0,scsi-id=3', 70001, PRIMARY)
        self.boot()
        self.assert_said('scsi0:   Firmware Version: 5.07B, I/O Address: 0xC0',
                         'scsi : 1 host.', ' sd0: sd0s1 sd0s2 sd0s3')
        self.assertEqual(self.guest.traced('buslogic_isa_port')[-1],
                         'buslogic_isa_port code 0 -> 6')
        self.finish()

    def test_every_model_is_described_and_its_disk_found(self):
        models = {'bt948': ('BT-948 PCI Ultra', '5.07B'),
                  'bt958d': ('BT-958D PCI Wide Differential Ultra', '5.07B'),
                  'bt946c': ('BT-946C PCI', '4.25J'),
                  'bt956c': ('BT-956C PCI Wide', '4.25J')}
        for number, model in enumerate(models):
            self.add_board(model,
                           f'buslogic,model={model},isa-compat=disabled')
            self.add_disk(f'{model}.0,scsi-id={number}', 70001 + number)
        self.boot()
        for number, (text, firmware) in enumerate(models.values()):
            name = text.split()[0]
            self.assert_said(
                f'scsi{number}: Configuring BusLogic Model {text} SCSI Host',
                f'scsi{number}:   Firmware Version: {firmware},',
                f'scsi{number}: *** BusLogic {name} Initialized Successfully',
                f'Detected scsi disk sd{number} at scsi{number}, channel 0, '
                f'id {number}, lun 0',
                f'SCSI device sd{number}: hdwr sector= 512 bytes. '
                f'Sectors= {70001 + number} ')
        self.finish()


class IsaBoards(MachTest):
    """Boards on a machine that has nothing but ISA."""

    machine = 'isapc'

    def check_boards(self, disk_at, *boards):
        """Each is (model, port, irq, dma, name, firmware).

        Only one has a disk: GNU Mach has little memory below 16 MiB. The boot
        ROM would ask old boards for what they lack, and QEMU log that.
        """
        for model, port, irq, dma, _, _ in boards:
            self.add_board(model, f'buslogic-isa,model={model},iobase={port}'
                           f',irq={irq},dma={dma},bootrom=off')
        self.add_disk(f'{boards[disk_at][0]}.0,scsi-id=5', 81919, PRIMARY,
                      LOGICAL)
        self.boot()
        for number, (_, port, irq, dma, name, firmware) in enumerate(boards):
            self.assert_said(
                f'scsi{number}: Configuring BusLogic Model {name} ISA SCSI',
                f'scsi{number}:   Firmware Version: {firmware}, I/O Address: '
                f'0x{port:X}, IRQ Channel: {irq}/Edge',
                f'scsi{number}:   DMA Channel: {dma}, ',
                f'scsi{number}: *** BusLogic {name} Initialized Successfully')
        self.assert_said(
            f'Detected scsi disk sd0 at scsi{disk_at}, channel 0, id 5, lun 0',
            'SCSI device sd0: hdwr sector= 512 bytes. Sectors= 81919 [39 MB]',
            ' sd0: sd0s1 sd0s2 sd0s3 < sd0s5 sd0s6 sd0s7 >')
        self.finish()

    def test_bt545s_between_others(self):
        self.check_boards(1, ('bt545c', 0x330, 11, 5, 'BT-545C', '4.25J'),
                          ('bt545s', 0x334, 10, 6, 'BT-545S', '3.31'),
                          ('bt542bh', 0x230, 12, 7, 'BT-542BH', '3.35'))

    def test_bt542bh_before_another(self):
        self.check_boards(0, ('bt542bh', 0x230, 12, 7, 'BT-542BH', '3.35'),
                          ('bt545s', 0x234, 9, 5, 'BT-545S', '3.31'))

    def test_bt542b_after_another(self):
        self.check_boards(1, ('bt545c', 0x130, 14, 6, 'BT-545C', '4.25J'),
                          ('bt542b', 0x134, 15, 5, 'BT-542B', '2.21'))

    def test_adaptec_board_is_not_taken_for_one_of_buslogic(self):
        self.add_board('hba', 'buslogic-isa,model=aha1540b')
        self.boot()
        self.assert_said('scsi : 0 hosts.')
        self.finish()


class BothKinds(MachTest):
    """An ISA board beside a PCI board."""

    def test_board_for_isa_and_board_for_pci(self):
        self.add_board('first', 'buslogic-isa,irq=12')
        self.add_board('second')
        self.add_disk('first.0,scsi-id=0', 70001, PRIMARY)
        self.add_disk('second.0,scsi-id=15', 90003, PRIMARY[:1])
        self.boot()
        self.assert_said(
            'scsi0: Configuring BusLogic Model BT-545C ISA SCSI',
            'scsi0:   Firmware Version: 4.25J, I/O Address: 0x330, '
            'IRQ Channel: 12/Edge',
            'scsi1: Configuring BusLogic Model BT-958 PCI Wide Ultra SCSI',
            'scsi : 2 hosts.',
            'Detected scsi disk sd0 at scsi0, channel 0, id 0, lun 0',
            'Detected scsi disk sd1 at scsi1, channel 0, id 15, lun 0',
            ' sd0: sd0s1 sd0s2 sd0s3', ' sd1: sd1s1')
        self.finish()


class ErrorRecovery(MachTest):
    """A read does not come back. Linux 2.0 tries harder in three steps."""

    def recover(self, step, *steps):
        """Hold back what is read from the disk until the driver is there.

        `steps` are the lines that tell of it.
        """
        self.add_board('hba')
        disk = self.add_disk('hba.0,scsi-id=3', 81919, PRIMARY, LOGICAL,
                             ',throttling.bps-read=1')
        self.start()
        self.guest.wait_for(step)
        self.guest.qmp('block_set_io_throttle', {
            'id': disk, 'bps': 0, 'bps_rd': 0, 'bps_wr': 0,
            'iops': 0, 'iops_rd': 0, 'iops_wr': 0})
        self.guest.wait_for(mach.END)
        self.assert_said('scsi0: Aborting CCB', *steps,
                         ' sd0s1 sd0s2 sd0s3 < sd0s5 sd0s6 sd0s7 >')
        self.finish()

    def test_aborted_command_comes_back(self):
        self.recover(rb'Aborting CCB #\d+ to Target 3\r?\n',
                     'scsi0: CCB #33 to Target 3 Aborted')
        self.assertEqual(len(self.guest.traced('buslogic_ccb_abort')), 1)
        self.assertEqual(self.guest.traced('buslogic_bus_device_reset'), [])

    def test_bus_device_reset_frees_the_disk(self):
        self.recover(rb'Bus Device Reset CCB #\d+ to Target 3 Completed',
                     'SCSI host 0 abort (pid 18) timed out',
                     'scsi0: Sending Bus Device Reset CCB #34 to Target 3',
                     'scsi0: Bus Device Reset CCB #34 to Target 3 Completed')
        self.assertEqual(self.guest.traced(WITH_COMMAND), [])

    def test_hard_reset_leaves_a_working_adapter(self):
        self.recover(rb'Resetting BusLogic BT-958 due to Target 3',
                     'scsi0: Sending Bus Device Reset CCB #34 to Target 3',
                     'SCSI host 0 channel 0 reset (pid 18) timed out',
                     'scsi0: Resetting BusLogic BT-958 due to Target 3',
                     'scsi0: *** BusLogic BT-958 Initialized Successfully')
        self.assertEqual(len(self.guest.traced(WITH_COMMAND)), 1)


if __name__ == '__main__':
    unittest.main()
