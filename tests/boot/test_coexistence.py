# SPDX-License-Identifier: GPL-2.0-or-later
"""The boot ROM and an operating system's driver share the adapter."""

import struct
import unittest

from boottest import BootTest, only_buslogic
from disks import probe_disk, stamp

# Registers, and bits of them (docs/specs/buslogic.rst, section 2)
CONTROL, COMMAND, INTERRUPT = 0, 1, 2
INREQ, HARDY = 0x20, 0x10
INTV, IMBL, CMDC = 0x80, 0x01, 0x04
RINT = 0x20

INIT_MAILBOX, START_MAILBOX = 0x81, 0x02
ACTION_START, COMPLETION_OK = 1, 1

BOARD = 0x104b, 0x1040         # PCI vendor and device ID

# In the guest's memory: a mailbox in each direction, and a CCB
MAILBOXES, CCB = 0x6000, 0x6100
TEST_UNIT_READY = bytes(6)


@only_buslogic
class Coexistence(BootTest):
    """A driver's view of the adapter, through the registers."""

    def setUp(self):
        super().setUp()
        self.vm = self.machine()
        self.vm.adapter()
        self.vm.disk(probe_disk(self.folder / 'disk', stamped=range(1, 100)))
        self.vm.boot()
        self.probe = self.vm.probe('disk')
        self.ports = self.find_ports()

    def find_ports(self):
        """The first port of the only device with these IDs."""
        for device in self.vm.qmp('query-pci')[0]['devices']:
            if (device['id']['vendor'], device['id']['device']) == BOARD:
                return device['regions'][0]['address']
        raise AssertionError('no adapter')

    def get(self, register):
        """Read a register."""
        answer = self.vm.monitor(f'i /1bx {self.ports + register:#x}')
        return int(answer.split('=')[1], 16)

    def put(self, register, *values):
        """Write a register."""
        for value in values:
            self.vm.monitor(f'o /1b {self.ports + register:#x} {value:#x}')

    def init_mailboxes(self):
        """As a driver does it."""
        self.probe.write(MAILBOXES, bytes(16))
        self.put(COMMAND, INIT_MAILBOX, 1, *struct.pack('<I', MAILBOXES))
        self.assertEqual(self.get(INTERRUPT), INTV | CMDC)
        self.put(CONTROL, RINT)

    def start_ccb(self):
        """A command of the driver, whose end the adapter reports."""
        self.probe.write(CCB, struct.pack(
            '<BBBBII2xBBBB12s10x', 0, 0x18, len(TEST_UNIT_READY), 0, 0, 0, 0,
            0, 0, 0, TEST_UNIT_READY))
        self.probe.write(MAILBOXES, struct.pack('<I3xB', CCB, ACTION_START))
        self.put(COMMAND, START_MAILBOX)
        while self.get(INTERRUPT) != INTV | IMBL:
            pass

    def read_some(self):
        """Through the ROM."""
        for lba in range(1, 20):
            self.assertEqual(self.probe.read_sector(lba), stamp(lba, 0, 0))

    def test_idle_after_boot(self):
        self.assertEqual(self.get(CONTROL), INREQ | HARDY)
        self.assertEqual(self.get(INTERRUPT), 0)
        self.read_some()
        self.assertEqual(self.get(CONTROL), INREQ | HARDY)
        self.assertEqual(self.get(INTERRUPT), 0)

    def test_mailboxes_stay(self):
        self.init_mailboxes()
        self.read_some()
        for function in (0x0000, 0x0900, 0x0d00):
            self.assertFalse(self.probe.int13(function).carry)
        self.assertEqual(self.get(CONTROL), HARDY)
        self.assertEqual(self.get(INTERRUPT), 0)
        self.start_ccb()
        self.assertEqual(self.probe.read(MAILBOXES + 8, 8),
                         struct.pack('<I3xB', CCB, COMPLETION_OK))

    def test_interrupt_of_the_driver_stays_pending(self):
        self.init_mailboxes()
        self.start_ccb()
        self.read_some()
        self.assertEqual(self.get(INTERRUPT) & (INTV | IMBL), INTV | IMBL)


if __name__ == '__main__':
    unittest.main()
