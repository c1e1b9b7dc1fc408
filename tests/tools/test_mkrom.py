# SPDX-License-Identifier: GPL-2.0-or-later
"""roms/buslogic/mkrom with made-up images.

What a firmware reads is spelled out as numbers here, from PCI Firmware
Specification 3.0, 5.1, and UEFI Specification 2.9, 14.4.2, lest the test
repeat an error of the program.
"""

import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

MKROM = Path(__file__).resolve().parents[2] / 'roms/buslogic/mkrom'

X64, IA32 = 0x8664, 0x014c
CODE, DATA = 0x60000020, 0xc0000080


def legacy(size=1000, **changes):
    """An option ROM for old firmware, its PCI data structure at 0x20."""
    data = bytearray(b'\x90' * size)
    struct.pack_into('<HB', data, 0, 0xaa55, 0)
    data[6] = 0
    struct.pack_into('<H', data, 0x18, changes.get('pcir', 0x20))
    struct.pack_into('<4sHH', data, 0x20, changes.get('signature', b'PCIR'),
                     changes.get('vendor', 0x104b), 0x1040)
    data[0x20 + 0x14] = changes.get('code_type', 0)
    return bytes(data)


def driver(machine=X64, size=1900, **changes):
    """The headers of an EFI driver with two sections."""
    data = bytearray(size)
    data[:2] = b'MZ'
    struct.pack_into('<I', data, 0x3c, 0x80)
    struct.pack_into(
        '<4sHHIIIHH', data, 0x80, changes.get('signature', b'PE\0\0'), machine,
        2, changes.get('timestamp', 0), 0, 0, 240,
        changes.get('characteristics', 0x0206))
    struct.pack_into('<I', data, 0x98 + 0x20, changes.get('alignment', 4096))
    struct.pack_into('<H', data, 0x98 + 0x44, changes.get('subsystem', 11))
    for number, flags in enumerate([changes.get('code', CODE), DATA]):
        struct.pack_into(
            '<8sIIII12sI', data, 0x98 + 240 + 40 * number, b'.section', 100,
            changes.get('address', 0x1000) * (number + 1), 512, 512, bytes(12),
            flags)
    data[-1] = machine & 0xff
    return bytes(data)


class MkRom(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_mkrom(self, *images):
        names = []
        for number, image in enumerate(images):
            names.append(self.folder / str(number))
            names[-1].write_bytes(image)
        return subprocess.run(
            [MKROM, self.folder / 'rom', *names], encoding='utf-8',
            check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def rom(self, *images):
        result = self.run_mkrom(*images)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        return (self.folder / 'rom').read_bytes()

    def assert_refused(self, reason, *images):
        result = self.run_mkrom(*images)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn(reason, result.stderr)
        self.assertFalse((self.folder / 'rom').exists())

    def test_rom_has_the_size_of_its_bar(self):
        self.assertEqual(len(self.rom(driver())), 32768)
        self.assertEqual(self.rom(driver())[2048:], b'\xff' * (32768 - 2048))

    def test_efi_image_has_the_header_of_the_uefi_specification(self):
        rom = self.rom(driver(X64))
        self.assertEqual(rom[0:2], b'\x55\xaa')
        self.assertEqual(struct.unpack_from('<H', rom, 2)[0], 4)
        self.assertEqual(struct.unpack_from('<I', rom, 4)[0], 0x0ef1)
        self.assertEqual(struct.unpack_from('<H', rom, 8)[0], 11)
        self.assertEqual(struct.unpack_from('<H', rom, 10)[0], 0x8664)
        self.assertEqual(struct.unpack_from('<H', rom, 12)[0], 0)
        self.assertEqual(rom[14:22], bytes(8))
        offset = struct.unpack_from('<H', rom, 22)[0]
        self.assertEqual(rom[offset:offset + 1900], driver(X64))

    def test_efi_image_has_a_pci_data_structure(self):
        rom = self.rom(driver(IA32))
        self.assertEqual(struct.unpack_from('<H', rom, 10)[0], 0x014c)
        pcir = struct.unpack_from('<H', rom, 0x18)[0]
        self.assertEqual(pcir % 4, 0)
        self.assertEqual(rom[pcir:pcir + 4], b'PCIR')
        self.assertEqual(struct.unpack_from('<HH', rom, pcir + 4),
                         (0x104b, 0x1040))
        self.assertEqual(struct.unpack_from('<H', rom, pcir + 10)[0], 24)
        self.assertEqual(rom[pcir + 13:pcir + 16], b'\x00\x00\x01')
        self.assertEqual(struct.unpack_from('<H', rom, pcir + 16)[0], 4)
        self.assertEqual(rom[pcir + 20], 3)
        self.assertEqual(rom[pcir + 21], 0x80)

    def test_image_whose_header_needs_a_block_of_its_own(self):
        self.assertEqual(self.rom(driver(size=2048))[2], 5)

    def test_legacy_image_is_padded_and_its_bytes_add_up_to_0(self):
        rom = self.rom(legacy(1000))
        self.assertEqual(rom[2], 2)
        self.assertEqual(struct.unpack_from('<H', rom, 0x20 + 16)[0], 2)
        self.assertEqual(rom[0x20 + 21], 0x80)
        self.assertEqual(sum(rom[:1024]) % 256, 0)
        self.assertEqual(rom[1000:1024], bytes(24))

    def test_images_follow_each_other_and_the_last_is_marked(self):
        rom = self.rom(legacy(5000), driver(X64, 9000), driver(IA32, 7000))
        starts, start, last = [], 0, False
        while not last:
            self.assertEqual(rom[start:start + 2], b'\x55\xaa')
            pcir = start + struct.unpack_from('<H', rom, start + 0x18)[0]
            starts.append((start, rom[pcir + 20]))
            start += 512 * struct.unpack_from('<H', rom, pcir + 16)[0]
            last = bool(rom[pcir + 21] & 0x80)
        self.assertEqual(starts, [(0, 0), (5120, 3), (5120 + 9216, 3)])
        self.assertEqual(rom[start:], b'\xff' * (32768 - start))

    def test_images_that_do_not_fit(self):
        self.rom(legacy(15872), driver(size=16384 + 512 - 64))
        (self.folder / 'rom').unlink()
        self.assert_refused('15872 + 17408 bytes of images for 32768',
                            legacy(15872), driver(size=16384 + 512 - 63))

    def test_no_image(self):
        self.assert_refused('no image')

    def test_image_of_unknown_kind(self):
        self.assert_refused('unknown kind', b'\x7fELF' + bytes(100))

    def test_image_that_is_cut_off(self):
        for image in (legacy()[:20], driver()[:20], driver()[:0xa0],
                      driver()[:0x1a0], b''):
            with self.subTest(length=len(image)):
                self.assert_refused('image', image)

    def test_legacy_images_that_firmware_would_skip(self):
        self.assert_refused('without PCI', legacy(signature=b'PCIX'))
        self.assert_refused('not aligned',
                            legacy()[:0x18] + b'\x22\0' + legacy()[0x1a:0x20]
                            + b'..' + legacy()[0x20:])
        self.assert_refused('1000:1040', legacy(vendor=0x1000))
        self.assert_refused('code type 3', legacy(code_type=3))

    def test_efi_images_that_firmware_would_refuse(self):
        self.assert_refused('PE header', driver(signature=b'LE\0\0'))
        self.assert_refused('subsystem 10', driver(subsystem=10))
        self.assert_refused('cannot be moved', driver(characteristics=0x0207))
        self.assert_refused('share pages', driver(alignment=512))
        self.assert_refused('begin with a page', driver(address=0x1200))
        self.assert_refused('writable and executable',
                            driver(code=CODE | DATA))

    def test_efi_image_that_differs_with_the_time_of_its_build(self):
        self.assert_refused('timestamp', driver(timestamp=1234567890))

    def test_file_that_is_missing(self):
        result = subprocess.run(
            [MKROM, self.folder / 'rom', self.folder / 'none'], check=False,
            encoding='utf-8', stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1)
        self.assertIn('No such file', result.stderr)


if __name__ == '__main__':
    unittest.main()
