# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own kernel, unpacked from its package and never installed."""

import lzma
import re

from guest.debian import unpacked
from guest.paths import call, tool

META = 'linux-image-amd64'


class Kernel:
    """An unpacked kernel package."""

    def __init__(self, tree):
        self.tree = tree
        compressed = next(tree.glob('boot/vmlinuz-*'))
        self.release = compressed.name.removeprefix('vmlinuz-')
        self.compressed = compressed
        elf = tree / 'vmlinux'
        self.image = elf if elf.exists() else compressed
        # Without merged /usr the modules are in /lib, with it in /usr/lib.
        self.modules = next(path for prefix in ('', 'usr/') if (
            path := tree / f'{prefix}lib/modules/{self.release}').is_dir())


def _package_name():
    """The real package behind the metapackage, by the package manager."""
    shown = call(tool('apt-cache', 'apt'), 'depends', META)
    match = re.search(r'Depends: (linux-image-\d\S*-amd64)$', shown, re.M)
    if not match:
        raise RuntimeError(f'{META} is not in the package lists')
    return match.group(1)


def _decompress(tree):
    """Unpack the kernel as its own boot code would.

    That takes the boot code some 5 seconds of every boot under TCG, and
    QEMU can enter the unpacked kernel through its PVH entry.
    """
    image = next(tree.glob('boot/vmlinuz-*')).read_bytes()
    start = image.find(b'\xfd7zXZ\0')
    if start < 0:
        return                  # another compression; boot it as it is
    kernel = lzma.LZMADecompressor().decompress(image[start:])
    if kernel.startswith(b'\x7fELF'):
        (tree / 'vmlinux').write_bytes(kernel)


def get():
    """The kernel; downloads and unpacks it only the first time."""
    tree = unpacked(META, _package_name)
    done = tree / 'decompressed'
    if not done.exists():
        _decompress(tree)
        done.touch()
    return Kernel(tree)
