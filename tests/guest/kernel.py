# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own kernel, unpacked from its package and never installed."""

import lzma
import os
import re
import subprocess

from guest.paths import Missing, OUT, call, tool

META = 'linux-image-amd64'


class Kernel:
    """An unpacked kernel package."""

    def __init__(self, tree):
        self.tree = tree
        compressed = next(tree.glob('boot/vmlinuz-*'))
        self.release = compressed.name.removeprefix('vmlinuz-')
        unpacked = tree / 'vmlinux'
        self.image = unpacked if unpacked.exists() else compressed
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


def _download(folder):
    # As root apt would switch to a user who cannot write to the build tree.
    call(tool('apt-get', 'apt'), '-o', 'APT::Sandbox::User=root',
         'download', _package_name(), cwd=folder)


def _download_with_fresh_lists(folder):
    """A new machine has no package lists, an old one outdated ones."""
    try:
        _download(folder)
    except (RuntimeError, subprocess.SubprocessError) as error:
        if os.geteuid() != 0:
            raise Missing(f'cannot download {META} ({error}); '
                          'as root: apt-get update') from error
        call('apt-get', 'update')
        _download(folder)


def _package(folder):
    """The .deb, downloaded at most once, and only taken when complete."""
    partial = folder / 'partial'
    partial.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob('*.deb')):
        print(f'downloading the package behind {META}', flush=True)
        _download_with_fresh_lists(partial)
        deb = next(partial.glob('*.deb'))
        deb.rename(folder / deb.name)
    return next(folder.glob('*.deb'))


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
    tree = OUT / 'kernel'
    done = tree / 'unpacked'
    if not done.exists():
        deb = _package(OUT / 'download')
        call(tool('dpkg-deb', 'dpkg'), '-x', deb, tree)
        _decompress(tree)
        done.touch()
    return Kernel(tree)
