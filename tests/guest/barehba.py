# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine without a guest: the test itself drives the adapter by qtest.

Its processors only halt, so it can run, and be saved and loaded.
"""

import importlib
import struct
import time

from guest.vm import GuestError, VirtualMachine

# Registers, as offsets, and host commands
CONTROL = STATUS = 0
COMMAND = DATA_IN = 1
INTERRUPT = 2
GEOMETRY = 3
START_MAILBOX, INQUIRE_BOARD_ID = 0x02, 0x04
EXT_BIOS_INFO, SET_MAILBOX_LOCK = 0x28, 0x29
INIT_MAILBOX_24, INIT_MAILBOX_32 = 0x01, 0x81
HARD_RESET, ACKNOWLEDGE = 0x80, 0x20

PCI_IO = 0xc000
# Guest memory: the two mailboxes, then what CCBs are made of
MAILBOXES = 0x100000
HEAP = 0x110000

CLI_HLT_JMP = b'\xfa\xf4\xeb\xfc'


def halting_firmware(folder):
    """The file of a firmware that does nothing."""
    path = folder / 'halt.bin'
    image = bytearray(0x10000)
    image[0xfff0:0xfff0 + len(CLI_HLT_JMP)] = CLI_HLT_JMP
    path.write_bytes(image)
    return path


def address(width, number):
    """A number as it is in mailboxes, CCBs and segments of this width."""
    return (struct.pack('<I', number) if width == 32
            else struct.pack('>I', number)[1:])


class BareMachine(VirtualMachine):
    """One adapter with a ring of one mailbox, at PCI_IO or at `io`."""

    def __init__(self, folder, machine, args, io=None):
        # A QEMU for tests only may have nothing else than the last one
        super().__init__(folder, machine, [
            '-accel', 'qtest', '-S', '-m', '16',
            '-bios', halting_firmware(folder),
            '-qtest', f'unix:{folder}/qtest,server=on,wait=off',
            '-qtest-log', '/dev/null', *args])
        self.io = io or PCI_IO
        self.is_pci = io is None
        self.width = 32
        self.heap = HEAP
        qtest = importlib.import_module('qemu.machine.qtest')
        self.channel = qtest.QEMUQtestProtocol(str(folder / 'qtest'))

    def launch(self):
        super().launch()
        self.channel.connect()
        self.channel.settimeout(self.TIMEOUT)

    def kill(self):
        super().kill()
        self.channel.close()

    def qtest(self, command):
        """A command of QEMU's qtest protocol; returns what it answers."""
        words = self.channel.cmd(command).split()
        if not words or words[0] != 'OK':
            raise GuestError(f'qtest {command!r}: {words}')
        return words[1:]

    def inb(self, offset):
        """Read a register of the adapter."""
        return int(self.qtest(f'inb {self.io + offset:#x}')[0], 16)

    def outb(self, offset, value):
        """Write a register of the adapter."""
        self.qtest(f'outb {self.io + offset:#x} {value:#x}')

    def write(self, where, data):
        """Write guest memory."""
        self.qtest(f'write {where:#x} {len(data):#x} 0x{data.hex()}')

    def read(self, where, size):
        """Read guest memory."""
        return bytes.fromhex(self.qtest(f'read {where:#x} {size:#x}')[0][2:])

    def command(self, *data):
        """An opcode and parameters, or some of them."""
        for byte in data:
            self.outb(COMMAND, byte)

    def enable(self):
        """Let the adapter answer at its ports and reach memory."""
        for devfn in range(0, 256, 8) if self.is_pci else ():
            self.qtest(f'outl 0xcf8 {0x80000000 | devfn << 8:#x}')
            if int(self.qtest('inl 0xcfc')[0], 16) == 0x1040104b:
                self.qtest(f'outl 0xcf8 {0x80000010 | devfn << 8:#x}')
                self.qtest(f'outl 0xcfc {self.io:#x}')
                self.qtest(f'outl 0xcf8 {0x80000004 | devfn << 8:#x}')
                self.qtest('outw 0xcfc 7')

    def init_mailbox(self, width):
        """One mailbox in each direction."""
        self.width = width
        self.write(MAILBOXES, bytes(16))
        opcode = INIT_MAILBOX_32 if width == 32 else INIT_MAILBOX_24
        self.command(opcode, 1, *address(width, MAILBOXES))
        self.outb(CONTROL, ACKNOWLEDGE)

    def allocate(self, data):
        """Put this into guest memory; returns its address."""
        where = self.heap
        self.heap += len(data) + 16
        self.write(where, data)
        return where

    def ccb(self, target, cdb, segments=()):
        """A CCB with this CDB and segments of so many bytes."""
        sge = b''
        for size in segments:
            data = address(self.width, self.allocate(bytes(size)))
            sge += address(self.width, size) + data
        where = address(self.width, self.allocate(sge) if sge else 0)
        size, opcode = address(self.width, len(sge)), 4 if sge else 3
        if self.width == 24:
            return self.allocate(
                bytes([opcode, target << 5, len(cdb), 0]) + size + where +
                bytes(8) + cdb)
        return self.allocate(
            bytes([opcode, 0, len(cdb), 0]) + size + where + bytes(4) +
            bytes([target, 0]) + cdb.ljust(12, b'\0') + bytes(6) +
            address(32, self.allocate(bytes(255))))

    def start(self, ccb):
        """Start the CCB, and see that the adapter has taken it."""
        if self.width == 32:
            self.write(MAILBOXES, address(32, ccb) + bytes([0, 0, 0, 1]))
            code = MAILBOXES + 7
        else:
            self.write(MAILBOXES, bytes([1]) + address(24, ccb))
            code = MAILBOXES
        self.outb(COMMAND, START_MAILBOX)
        deadline = time.monotonic() + self.TIMEOUT
        while self.read(code, 1) != b'\0':
            if time.monotonic() > deadline:
                raise GuestError('the adapter does not take a CCB')
