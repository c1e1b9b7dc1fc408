# SPDX-License-Identifier: GPL-2.0-or-later
"""The boot ROM as it has been built."""

import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build'
ROM = BUILD / 'buslogic.rom'

# Code type in the ROM, then the machine of an EFI image
X64, IA32 = (3, 0x8664), (3, 0x014c)
EXECUTABLE, WRITABLE = 0x20000000, 0x80000000


def copy_sources(folder):
    """The source tree without what is generated or downloaded."""
    folder.mkdir(parents=True)
    for path in ROOT.iterdir():
        if path.is_dir() and path != BUILD and path.name != '.git':
            shutil.copytree(path, folder / path.name)
        elif path.is_file():
            shutil.copy(path, folder)


def images(rom):
    """The images with their kind, found as firmware finds them."""
    start, last = 0, False
    while not last:
        if rom[start:start + 2] != b'\x55\xaa':
            raise AssertionError(f'no image at {start:#x}')
        pcir = start + struct.unpack_from('<H', rom, start + 0x18)[0]
        length = 512 * struct.unpack_from('<H', rom, pcir + 0x10)[0]
        kind = rom[pcir + 0x14]
        if kind == 3:
            kind = kind, struct.unpack_from('<H', rom, start + 10)[0]
        yield kind, rom[start:start + length]
        last = bool(rom[pcir + 0x15] & 0x80)
        start += length


def sections(image):
    """Flags, address and size of the sections of an EFI image."""
    pe = struct.unpack_from('<H', image, 22)[0]
    header = pe + struct.unpack_from('<I', image, pe + 0x3c)[0]
    count, optional_size = (struct.unpack_from('<H', image, header + 6)[0],
                            struct.unpack_from('<H', image, header + 20)[0])
    for number in range(count):
        section = header + 24 + optional_size + 40 * number
        size, address = struct.unpack_from('<II', image, section + 8)
        yield struct.unpack_from('<I', image, section + 36)[0], address, size


class Rom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rom = ROM.read_bytes()
        cls.images = dict(images(cls.rom))

    def test_there_are_images_for_both_kinds_of_uefi_firmware(self):
        self.assertIn(X64, self.images)
        self.assertIn(IA32, self.images)

    def test_sections_of_efi_images_are_never_writable_and_executable(self):
        for kind in (X64, IA32):
            with self.subTest(kind=kind):
                flags = [flags for flags, _, _ in sections(self.images[kind])]
                self.assertEqual(
                    sorted((bool(f & EXECUTABLE), bool(f & WRITABLE))
                           for f in flags),
                    [(False, False), (False, True), (True, False)])

    def test_sections_of_efi_images_share_no_page(self):
        for kind in (X64, IA32):
            with self.subTest(kind=kind):
                pages = [page for _, address, size
                         in sections(self.images[kind])
                         for page in range(address // 4096,
                                           (address + size - 1) // 4096 + 1)]
                self.assertEqual(len(pages), len(set(pages)))

    def test_nothing_says_where_it_was_built(self):
        for word in (str(ROOT), 'roms/buslogic', 'GCC'):
            self.assertNotIn(word.encode(), self.rom)

    def test_a_build_elsewhere_with_other_flags_gives_the_same_bytes(self):
        flags = {'CFLAGS': '-O3 -flto -fstack-protector-all',
                 'LDFLAGS': '-Wl,-z,relro,-z,now'}
        with tempfile.TemporaryDirectory(prefix='buslogic-') as folder:
            source = Path(folder) / 'another/place'
            copy_sources(source)
            for command in (
                    ['meson', 'setup', f'{folder}/b', source,
                     f'-Dqemu_tree={BUILD}/qemu'],
                    ['ninja', '-C', f'{folder}/b', 'buslogic.rom']):
                subprocess.run([Path('/usr/bin') / command[0], *command[1:]],
                               env={**os.environ, **flags}, check=True,
                               stdout=subprocess.DEVNULL)
            again = (Path(folder) / 'b/buslogic.rom').read_bytes()
        self.assertTrue(self.rom == again, 'the bytes differ')


if __name__ == '__main__':
    unittest.main()
