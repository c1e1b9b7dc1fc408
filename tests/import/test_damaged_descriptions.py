# SPDX-License-Identifier: GPL-2.0-or-later
"""Descriptions that are damaged anywhere end in one line, or are read."""

import random
import tempfile
import unittest
from pathlib import Path

import machines                                         # noqa: F401
import test_ovf
import test_vbox
import test_vmx
from buslogic_import import readers
from buslogic_import.errors import ImportFailed
from buslogic_import.model import Machine

ROUNDS = 1500                   # for each kind of file
PIECES = [b'"', b'<', b'>', b'&', b'\0', b'\xff', b'-1', b'99999999999999999',
          b'0x', b'{', b'', b'=', b'\n', b'../', b'TRUE', b'&#0;', b'&lt;']

VBOX = f"""<VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux">
<Machine uuid="{test_vbox.UUID}" name="Old" OSType="WindowsNT4">
<MediaRegistry><HardDisks>{test_vbox.disk(inner=test_vbox.disk(
    test_vbox.CHILD, "child.vdi"))}</HardDisks></MediaRegistry>
<ExtraData>{test_vbox.extra(**{test_vbox.BUSLOGIC.format(
    0, "ISACompat"): "Disabled"})}</ExtraData>
<Hardware><CPU count="2"><PAE enabled="true"/></CPU><Memory RAMSize="128"/>
<Boot><Order position="1" device="HardDisk"/></Boot><BIOS>
<TimeOffset value="5"/></BIOS><Network><Adapter slot="0" enabled="true"
MACAddress="080027AABBCC"><NAT><Forwarding name="s" proto="1" hostport="22"
guestport="22"/></NAT></Adapter></Network><UART><Port slot="0" enabled="true"
IOBase="0x3f8" IRQ="4" hostMode="TCP" path="1"/></UART>
{test_vbox.controller(test_vbox.attached(test_vbox.CHILD))}</Hardware>
</Machine></VirtualBox>"""
VMX = test_vmx.USUAL + """ethernet0.present = "TRUE"
ethernet0.generatedAddress = "00:0c:29:01:02:03"
uuid.bios = "56 4d ab cd 01 02 03 04-05 06 07 08 09 0a 0b 0c"
bios.hddOrder = "scsi0:0"
serial0.present = "TRUE"
serial0.fileType = "pipe"
"""


def damaged(data, chance):
    """The same with a few bytes replaced, doubled, removed or moved."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        first = chance.randrange(len(data))
        last = min(first + chance.choice([0, 1, 1, 4, 40]), len(data))
        piece = chance.choice([*PIECES, bytes(data[first:last]) * 2])
        data[first:last] = piece
        if not data:
            break
    return bytes(data)


class Damaged(unittest.TestCase):
    """Seeded, so that a failure comes again."""

    def check(self, name, good):
        """No damage leads to anything but a Machine or an ImportFailed."""
        chance = random.Random(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            (path.parent / 'disk1.vmdk').touch()
            for number in range(ROUNDS):
                bad = damaged(good, chance)
                path.write_bytes(bad)
                with self.subTest(number=number, data=bad):
                    try:
                        self.assertIsInstance(readers.read(path), Machine)
                    except ImportFailed as error:
                        self.assertNotIn('\n', str(error))

    def test_vbox(self):
        self.check('old.vbox', VBOX.encode())

    def test_vmx(self):
        self.check('old.vmx', VMX.encode())

    def test_ovf(self):
        self.check('old.ovf', test_ovf.envelope().encode())

    def test_ovf_of_virtualbox(self):
        self.check('old.ovf', test_ovf.envelope(
            system=test_ovf.EMBEDDED).encode())

    def test_ova(self):
        case = test_ovf.Archives('usual')
        case.setUp()
        self.addCleanup(case.doCleanups)
        self.check('old.ova', case.pack(*case.usual()).read_bytes())


if __name__ == '__main__':
    unittest.main()
