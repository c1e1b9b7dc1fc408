# SPDX-License-Identifier: GPL-2.0-or-later
"""The probe: a boot sector that calls interrupts as the host tells it."""

import functools
import struct
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

from guest.paths import call, tool
from guest.vm import GuestError

HERE = Path(__file__).resolve().parent

SECTOR = 512
HOME = 0x600                    # where the probe is when it has started
NAME_OFFSET, NAME_LENGTH = 0x1a0, 24
TABLE_OFFSET = 0x1be

REGISTERS = 0x520               # where probe.S has the registers of a call

# What tests may use, below the 64 KiB that loaders like
BUFFER = 0x8000
PACKET = 0x1000
RESULT = 0x1100
CODE = 0x1800
STACK_TOP = 0x7c00

# Bits of FLAGS
CF = 1
DF = 1 << 10
IF = 1 << 9


@functools.lru_cache(maxsize=None)
def assemble(name, address):
    """The bytes of an assembly file that runs at this address."""
    with tempfile.TemporaryDirectory(prefix='buslogic-') as folder:
        program, binary = Path(folder) / 'o', Path(folder) / 'bin'
        call(tool('as', 'binutils'), '--32', '-o', program,
             HERE / f'{name}.S')
        call(tool('ld', 'binutils'), '-m', 'elf_i386', '--oformat', 'binary',
             '-Ttext', hex(address), '-e', 'start', '-o', binary, program)
        return binary.read_bytes()


def boot_sector(name):
    """The probe for a medium of this name."""
    sector = bytearray(assemble('probe', HOME))
    raw = name.encode()
    if len(raw) >= NAME_LENGTH or len(sector) != SECTOR:
        raise ValueError(name)
    sector[NAME_OFFSET:NAME_OFFSET + len(raw)] = raw
    return bytes(sector)


def name_in(sector):
    """Of the medium whose boot sector this is; '' if it is not a probe."""
    raw = sector[NAME_OFFSET:NAME_OFFSET + NAME_LENGTH]
    return raw.split(b'\0')[0].decode(errors='replace')


@dataclass
class Registers:
    """Before or after a call, in the order of probe.S."""

    eax: int = 0
    ebx: int = 0
    ecx: int = 0
    edx: int = 0
    esi: int = 0
    edi: int = 0
    ebp: int = 0
    esp: int = STACK_TOP
    eflags: int = IF
    ds: int = 0
    es: int = 0
    fs: int = 0
    gs: int = 0
    ss: int = 0

    _LAYOUT = struct.Struct('<9I5H')

    def pack(self):
        """As the probe wants it."""
        return self._LAYOUT.pack(*(getattr(self, field.name)
                                   for field in fields(self)))

    @classmethod
    def unpack(cls, data):
        """As the probe has it."""
        return cls(*cls._LAYOUT.unpack(data))

    @property
    def carry(self):
        """Whether the call reports an error."""
        return bool(self.eflags & CF)

    @property
    def ah(self):
        """The status of most calls."""
        return self.eax >> 8 & 0xff

    @property
    def al(self):
        """Counts, mostly."""
        return self.eax & 0xff

    @property
    def ax(self):
        return self.eax & 0xffff

    @property
    def bx(self):
        return self.ebx & 0xffff

    @property
    def cx(self):
        return self.ecx & 0xffff

    @property
    def dx(self):
        return self.edx & 0xffff

    def __str__(self):
        return ' '.join(f'{field.name}={getattr(self, field.name):x}'
                        for field in fields(self))


Registers.SIZE = Registers._LAYOUT.size


def far(address):
    """(offset, segment) of an address below 1 MiB, offset below 16."""
    return address & 15, address >> 4


def chs(cylinder, head, sector):
    """{'ecx', 'dh'} as INT 13h wants them; the sector counts from 1."""
    return {'ecx': (cylinder & 0xff) << 8 | cylinder >> 2 & 0xc0 | sector,
            'dh': head}


class Probe:
    """The probe in a running machine."""

    def __init__(self, machine, name, drive, entry):
        self.machine, self.name, self.drive = machine, name, drive
        self.entry = entry      # (segment, offset) it was entered at

    def read(self, address, length):
        """Bytes from the guest's memory."""
        self._command(b'r', address, length)
        return self._answer(length)

    def write(self, address, data):
        """Bytes to the guest's memory."""
        self._command(b'w', address, len(data))
        self.machine.send(data)
        self._answer(0)

    def word(self, address):
        """A word of the guest's memory."""
        return struct.unpack('<H', self.read(address, 2))[0]

    def begin(self, vector, **registers):
        """Call an interrupt that does not come back."""
        self.write(REGISTERS, Registers(**registers).pack() + bytes([vector]))
        self.machine.send(b'c')

    def interrupt(self, vector, **registers):
        """The registers after the interrupt. Those not given are 0."""
        self.begin(vector, **registers)
        self._answer(0, f'INT {vector:02X}h with {Registers(**registers)}')
        return Registers.unpack(self.read(REGISTERS, Registers.SIZE))

    def int13(self, function, dl=None, dh=0, **registers):
        """INT 13h, AX = function; by default for the drive it came from."""
        drive = self.drive if dl is None else dl
        return self.interrupt(0x13, eax=function, edx=dh << 8 | drive,
                              **registers)

    def begin_program(self, name, **registers):
        """Run an assembly file that does not come back."""
        self._load(name)
        self.begin(0x60, **registers)

    def program(self, name, **registers):
        """The registers after an assembly file that ends with IRET."""
        self._load(name)
        return self.interrupt(0x60, **registers)

    def _load(self, name):
        self.write(CODE, assemble(name, CODE))
        self.write(0x60 * 4, struct.pack('<HH', CODE, 0))

    def read_chs(self, cylinder, head, sector, count=1, address=BUFFER,
                 function=0x0200, **registers):
        """Registers after AH=02, or another function with its parameters."""
        offset, segment = far(address)
        return self.int13(function | count, ebx=offset, es=segment,
                          **{**chs(cylinder, head, sector), **registers})

    def extended(self, function, lba, count=1, address=BUFFER, size=16,
                 **registers):
        """Registers after AH=42h, 43h, 44h or 47h; packet at PACKET."""
        offset, segment = far(address)
        self.write(PACKET, struct.pack('<BBHHHQ', size, 0, count, offset,
                                       segment, lba))
        return self.int13(function, esi=PACKET, **registers)

    def packet_count(self):
        """The count in the packet of the last extended call."""
        return self.word(PACKET + 2)

    def read_sector(self, lba, dl=None, size=SECTOR):
        """The contents of a sector, by AH=42h; fails with the call."""
        after = self.extended(0x4200, lba, dl=dl)
        if after.carry:
            raise GuestError(f'AH=42h, LBA {lba}: {after}')
        return self.read(BUFFER, size)

    def drives(self, first=0x80):
        """Names in the first sectors of the drives, while there are any."""
        names = []
        while not (after := self.read_chs(0, 0, 1, dl=first)).carry:
            names.append(name_in(self.read(BUFFER, SECTOR)))
            first += 1
            if after.al > 1 or first > 0xff:
                raise GuestError(f'AH=02h, drive {first - 1:x}: {after}')
        return names

    def hard_disk_count(self):
        """As the BIOS data area has it."""
        return self.read(0x475, 1)[0]


    def _command(self, command, address, length):
        if not 0 < length < 0x10000:
            raise ValueError(length)
        offset, segment = far(address)
        self.machine.send(command +
                          struct.pack('<HHH', offset, segment, length))

    def _answer(self, length, what=''):
        pattern = rb'\A(?s:(.{%d}))\.' % length
        return self.machine.expect(pattern, what=what)[1]
