# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own Linux kernels, unpacked from their packages."""

import lzma
import re
import struct

from guest import debian
from guest.paths import OUT

# Since Linux 7 the kernel is in one package and its modules are in another.
_PARTS = r'linux-(image|base|binary|modules)-\d'


def _package(flavour, suite=None, architecture='amd64'):
    """The metapackage that leads to a kernel."""
    return debian.Package(f'linux-image-{flavour}', suite, architecture,
                          _PARTS)


# The kernel of the Debian that runs the tests; the others are of fixed ones.
OWN = _package('amd64')
I386 = _package('686', 'bookworm', 'i386')
I386_PAE = _package('686-pae', 'bookworm', 'i386')
TRIXIE = _package('amd64', 'trixie')
NEWEST = _package('amd64', 'trixie-backports')


class Kernel:
    """An unpacked kernel package."""

    def __init__(self, package, tree):
        self.package = package
        self.name = f'{package.name}-{package.origin}'
        # In /lib, or in /usr/lib where /usr is merged.
        self.modules = next(tree.glob('**/lib/modules/*/kernel')).parent
        self.release = self.modules.name
        self.compressed = self._file(tree, 'vmlinuz')
        elf = OUT / f'vmlinux-{self.name}'
        if not elf.exists():
            partial = elf.with_suffix('.partial')
            partial.write_bytes(self._decompressed(self._file(tree, 'config')))
            partial.rename(elf)
        self.image = elf if elf.stat().st_size else self.compressed

    def _file(self, tree, name):
        """Since Linux 7, all of the kernel is where its modules are."""
        path = tree / f'boot/{name}-{self.release}'
        return path if path.exists() else self.modules / name

    def _decompressed(self, config):
        """The kernel as its own boot code would unpack it.

        That takes the boot code some 5 seconds of every boot under TCG, and
        QEMU can enter an unpacked kernel if it has the PVH entry. Nothing if
        this one has to be booted as it is.
        """
        if not re.search('^CONFIG_PVH=y$', config.read_text('ascii'), re.M):
            return b''
        payload = _payload(self.compressed.read_bytes())
        if not payload.startswith(b'\xfd7zXZ\0'):
            return b''          # another compression
        return lzma.LZMADecompressor().decompress(payload)


def _payload(image):
    """The compressed kernel in a bzImage, as the header describes it."""
    sectors, = struct.unpack_from('<B', image, 0x1f1)
    offset, length = struct.unpack_from('<II', image, 0x248)
    start = (sectors + 1) * 512 + offset
    return image[start:start + length]


def get(package=OWN):
    """The kernel of a package; downloads it only the first time."""
    return Kernel(package, debian.unpacked(package))
