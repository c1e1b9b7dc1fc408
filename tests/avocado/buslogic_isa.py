#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux for i386 with its aha1542 driver, on boards for ISA.

    /usr/bin/python3 tests/avocado/buslogic_isa.py -v [Class.test...]
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guest import kernel  # noqa: E402
from guest.testcase import GuestTest  # noqa: E402


class Aha1542Test(GuestTest):
    """Tests with the driver that takes any of these boards for an AHA-1542.

    It loads with a soft reset, which finish() counts.
    """

    kernel_package = kernel.I386
    drivers = ['aha1542']
    # The driver asks for the state of a lock that boards before the AHA-1542C
    # lack, Linux looks for an I/O APIC.
    tolerated = (r'buslogic: host command 0x28 rejected$|'
                 r'Invalid (read|write) at addr 0xFEC000[01]0')

    def check_driver(self, *boards):
        """What the driver says of its boards, each (host, port, IRQ, DMA)."""
        said = self.guest.dmesg()
        for host, port, irq, dma in boards:
            self.assertIn(f'scsi host{host}: Adaptec AHA-1542 (SCSI-ID 7) at '
                          f'IO 0x{port:x}, IRQ {irq}, DMA {dma}', said)


class BoardTests:
    """What each of the boards has to do."""

    machine = 'pc'

    def test_driver_finds_board_and_disk_is_written(self):
        disk = self.add_disk(scsi_id=6)
        self.boot(self.machine)
        self.check_driver((0, 0x330, 10, 5))
        self.rewrite(disk, '0:0:6:0')
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])

    def test_sense_of_a_rejected_command_reaches_the_program(self):
        self.add_disk(scsi_id=6)
        self.boot(self.machine)
        unknown = ' '.join(['c0'] + ['00'] * 9)
        self.assertIn('Illegal Request', self.guest.try_run(
            f'sg_raw /dev/sg0 {unknown}')[1])
        self.finish(resets=1)

    def reset_with_hanging_write(self, option, kind):
        """sg_reset while the disk does not finish a write.

        The driver forgets the command without a word to Linux, which sends it
        again when it is late. The boot ROM may have made resets before.
        """
        guest = self.guest
        before = guest.resets(kind)
        self.throttle('disk0', 1)
        # The first write still passes.
        guest.run('rewrite /dev/sda 8 & writer=$!')
        guest.wait_hanging(1)
        sent = int(guest.run("messages 'Sent BUS RESET'"))
        guest.run(f'sg_reset -N {option} /dev/sg0 & resetter=$!')
        guest.run('wait_for 60 "[ \\$(messages \'Sent BUS RESET\')'
                  f' -gt {sent} ]"')
        self.assertEqual(guest.resets(kind), before + [1])
        self.assertEqual(guest.requests(), 0, f'after the {kind}')
        guest.run('wait $resetter')
        self.throttle('disk0', 0)
        guest.run('wait $writer')

    def test_resets_free_the_board_of_hanging_writes(self):
        disk = self.add_disk(scsi_id=0, mib=8)
        guest = self.boot(self.machine)
        guest.run('echo 15 >/sys/block/sda/device/timeout')
        self.reset_with_hanging_write('-b', 'SCSI bus reset')
        self.reset_with_hanging_write('-H', 'hard reset')
        self.check_contents(disk, '0:0:0:0', generation=1)
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])


class Aha1540b(BoardTests, Aha1542Test):
    """AHA-1540B."""

    adapter = 'buslogic-isa,model=aha1540b'


class Aha1542cf(BoardTests, Aha1542Test):
    """AHA-1542CF, on a machine that has nothing but ISA."""

    adapter = 'buslogic-isa,model=aha1542cf'
    machine = 'isapc'
    machine_args = ('-cpu', 'qemu32')
    append = 'noapic nolapic'


class Bt545c(BoardTests, Aha1542Test):
    """BT-545C, in the role of an AHA-1542."""

    adapter = 'buslogic-isa,model=bt545c'


class SeveralBoards(Aha1542Test):
    """More than one adapter in a machine."""

    def test_two_boards_for_isa(self):
        self.adapter = 'buslogic-isa,model=aha1542cf,irq=11,dma=6'
        self.append = 'aha1542.io=0x330,0x234'
        self.args = ['-device', f'{self.adapter},id=hba', '-device',
                     'buslogic-isa,iobase=0x234,irq=15,dma=7,id=second']
        disks = [self.add_disk(scsi_id=3),
                 self.add_disk(scsi_id=3, bus='second.0')]
        guest = self.boot('pc')
        self.check_driver((0, 0x330, 11, 6), (1, 0x234, 15, 7))
        guest.run('for disk in /dev/sd?; do rewrite $disk 16 & done; wait')
        self.check_contents(disks[0], '0:0:3:0', generation=1)
        self.check_contents(disks[1], '1:0:3:0', generation=1)
        self.assertEqual(self.finish(resets=2), [{1: disks[0].sectors}] * 2)

    def test_board_for_isa_and_board_for_pci(self):
        self.drivers = ['BusLogic', 'aha1542']
        self.args = ['-device', 'buslogic,id=second', '-device',
                     'buslogic-isa,model=aha1540b,irq=15,id=hba']
        disks = [self.add_disk(scsi_id=3, bus='second.0'),
                 self.add_disk(scsi_id=3)]
        guest = self.boot('pc')
        self.assertIn('BusLogic BT-958 Initialized Successfully',
                      guest.dmesg())
        self.check_driver((1, 0x330, 15, 5))
        guest.run('for disk in /dev/sd?; do rewrite $disk 16 & done; wait')
        for host, disk in enumerate(disks):
            self.check_contents(disk, f'{host}:0:3:0', generation=1)
        self.assertEqual(self.finish(resets=1), [{1: disks[0].sectors}] * 2)


class PciBoard(Aha1542Test):
    """BT-958, through its ports for drivers that do not know PCI."""

    adapter = 'buslogic,isa-compat=primary'
    # Without an owner of the board, ACPI would switch its interrupt off.
    append = 'acpi=off'

    def test_isa_ports_of_the_board(self):
        disk = self.add_disk(scsi_id=3)
        guest = self.boot('pc')
        self.assertIn('Adaptec AHA-1542 (SCSI-ID 7) at IO 0x330, IRQ 1',
                      guest.dmesg())
        self.rewrite(disk, '0:0:3:0')
        self.assertEqual(self.finish(resets=1), [{1: disk.sectors}])


if __name__ == '__main__':
    unittest.main()
