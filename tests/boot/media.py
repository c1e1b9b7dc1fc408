# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks and CDs with boot loaders from Debian packages.

Each is made once in a run of the tests, below build/boot. All of them tell
that they work over the first serial port.
"""

import atexit
import functools
import hashlib
import random
import shutil
import tempfile
import threading
from pathlib import Path

from guest import grub, kernel, prepare
from guest.bootdisk import boot_disk
from guest.debian import unpacked
from guest.images import (EFI_SYSTEM, FAT16, FAT32, FIRST_SECTOR, Partition,
                          fat_image, partitioned_disk)
from guest.paths import BUILD, call, tool
from disks import MIB, SECTOR, iso, write_files
from probe import boot_sector

# What a loader has to read besides itself, so much that it takes many calls
DATA = random.Random(1).randbytes(3 * MIB)
DATA_SHA256 = hashlib.sha256(DATA).hexdigest()


@functools.lru_cache(maxsize=None)
def _folder():
    (BUILD / 'boot').mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=BUILD / 'boot')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


# Tests run side by side; some media are made of others
_making = threading.RLock()


def _medium(make):
    """Calls `make` with the path of the medium, the first time."""
    @functools.lru_cache(maxsize=None)
    def made(*words):
        return make(_folder() / '-'.join([make.__name__, *words]), *words)

    def get(*words):
        with _making:
            return made(*words)
    return get


def _fat(path, files, mib):
    folder = write_files(path.with_suffix('.files'), files)
    return fat_image(path.with_suffix('.fat'), folder, mib)


def fat_disk(path, files, kind=FAT32, mib=32):
    """A disk with one FAT partition that has these files."""
    return partitioned_disk(path, [Partition(_fat(path, files, mib), kind)])


def _grub_config(name, *commands):
    return '\n'.join([
        'serial --unit=0', 'terminal_output serial',
        f'echo "GRUB {name} root=$root"', 'ls', 'sha256sum /data',
        *commands, '']).encode()


@_medium
def grub_disk(path):
    """GRUB in the MBR, its files and the probe in a FAT partition."""
    core = grub.image(path.with_suffix('.core'), 'i386-pc',
                      '(hd0,msdos1)/grub')
    fat_disk(path, {
        'data': DATA, 'next.bin': boot_sector('after-grub'),
        'grub/grub.cfg': _grub_config('disk', 'chainloader /next.bin',
                                      'boot')})
    grub.install_in_mbr(path, core)
    return path


@_medium
def grub_cd(path):
    """GRUB from a CD without emulation."""
    core = grub.image(path.with_suffix('.core'), 'i386-pc-eltorito',
                      '/grub')
    return iso(path, {
        'core.img': core.read_bytes(), 'data': DATA,
        'next.bin': boot_sector('after-grub'),
        'grub/grub.cfg': _grub_config('CD', 'chainloader /next.bin',
                                      'boot')},
        '-b', 'core.img', '-no-emul-boot', '-boot-load-size', '4',
        '-boot-info-table')


def _syslinux_config(extension):
    return ('SERIAL 0\nPROMPT 0\nDEFAULT next\n'
            f'LABEL next\nKERNEL next.{extension}\n').encode()


_SYSLINUX = Path('/usr/lib/syslinux')


def _syslinux_module(name):
    return (_SYSLINUX / 'modules/bios' / name).read_bytes()


@_medium
def syslinux_disk(path):
    """SYSLINUX in the active FAT partition, its own code in the MBR."""
    fat_disk(path, {
        'next.bs': boot_sector('after-syslinux'),
        'syslinux.cfg': _syslinux_config('bs')}, FAT16)
    call(tool('syslinux', 'syslinux'), '--install', '--offset',
         FIRST_SECTOR * SECTOR, path)
    with open(path, 'r+b') as out:
        out.write((_SYSLINUX / 'mbr/mbr.bin').read_bytes()[:grub.BOOT_CODE])
    return path


@_medium
def isolinux_cd(path):
    """ISOLINUX from a CD without emulation."""
    return iso(path, {
        'isolinux/isolinux.bin':
            Path('/usr/lib/ISOLINUX/isolinux.bin').read_bytes(),
        'isolinux/ldlinux.c32': _syslinux_module('ldlinux.c32'),
        'isolinux/next.bin': boot_sector('after-isolinux'),
        'isolinux/isolinux.cfg': _syslinux_config('bin')},
        '-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat',
        '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table')


# Offset in the second sector of GRUB Legacy's stage2, where its installer
# writes the partition with the menu
_STAGE2_PARTITION = 8


@_medium
def grub_legacy_disk(path):
    """GRUB 0.97 as its installer leaves it: stage2 follows the MBR."""
    folder = unpacked('grub-legacy') / 'usr/lib/grub/x86_64-pc'
    stage1 = (folder / 'stage1').read_bytes()
    stage2 = bytearray((folder / 'stage2').read_bytes())
    fat_disk(path, {
        'next.bin': boot_sector('after-grub-legacy'),
        'boot/grub/menu.lst': (
            b'serial --unit=0\nterminal --dumb serial\ntimeout 0\n'
            b'title next\nroot (hd0,0)\nchainloader /next.bin\n')})
    stage2[SECTOR + _STAGE2_PARTITION:SECTOR + _STAGE2_PARTITION + 4] = (
        bytes([0xff, 0xff, 0, 0]))
    with open(path, 'r+b') as out:
        out.write(stage1[:grub.BOOT_CODE])
        out.seek(SECTOR)
        out.write(stage2)
    return path


# The default path of a loader by the name GRUB has for the platform
_EFI_LOADERS = {'x86_64-efi': 'EFI/BOOT/BOOTX64.EFI',
                'i386-efi': 'EFI/BOOT/BOOTIA32.EFI'}


def _efi_files(name, platform):
    """What has to be in an EFI system partition."""
    loader = grub.image(_folder() / f'{name}-{platform}.efi', platform,
                        '/EFI/BOOT')
    config = (f'echo "GRUB {name} from $cmdpath"\nsha256sum /data\n'
              'echo GRUB is through\n').encode()
    return {_EFI_LOADERS[platform]: loader.read_bytes(), 'data': DATA,
            'EFI/BOOT/grub.cfg': config}


@_medium
def efi_disk(path, name, platform='x86_64-efi'):
    """GRUB in an EFI system partition; it says its name."""
    return fat_disk(path, _efi_files(name, platform), EFI_SYSTEM)


@_medium
def efi_cd(path, name, platform='x86_64-efi'):
    """The same on a CD."""
    fat = _fat(path, _efi_files(name, platform), 8)
    return iso(path, {'efi.img': fat.read_bytes()}, '-e', 'efi.img',
               '-no-emul-boot')


@_medium
def secure_disk(path):
    """Shim and GRUB as Debian has signed them."""
    shim = unpacked('shim-signed') / 'usr/lib/shim/shimx64.efi.signed'
    signed = (unpacked('grub-efi-amd64-signed') /
              'usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed')
    return fat_disk(path, {
        'EFI/BOOT/BOOTX64.EFI': shim.read_bytes(),
        'EFI/BOOT/grubx64.efi': signed.read_bytes(),
        'EFI/debian/grub.cfg': b'echo "signed GRUB from $cmdpath"\n'},
        EFI_SYSTEM)


# The kernel that has a driver
_KERNELS = {'BusLogic': kernel.OWN, 'aha1542': kernel.I386}


@_medium
def linux_disk(path, driver, loader):
    """GRUB, a Linux with that driver for the adapter, and a root file system.

    Its init obeys the tests, without the root file system.
    """
    files = write_files(path.with_suffix('.root'), {'data': DATA})
    return boot_disk(path, files, prepare.guest_files(_KERNELS[driver]),
                     f'console=ttyS1 scsi_mod.scan=sync hba={driver}', 96,
                     loader=loader)
