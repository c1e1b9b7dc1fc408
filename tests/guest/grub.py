# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB on images, put there without root and without grub-install."""

from pathlib import Path

from guest.paths import Missing, call, tool

SECTOR = 512
GAP_SECTORS = 2047              # between the MBR and the first partition
BOOT_CODE = 440                 # bytes of an MBR that are code

# PC BIOS, BIOS from a CD, EFI: the name grub-mkimage has, and its package
PACKAGES = {'i386-pc': 'grub-pc-bin', 'i386-pc-eltorito': 'grub-pc-bin',
            'x86_64-efi': 'grub-efi-amd64-bin', 'i386-efi': 'grub-efi-ia32-bin'}

MODULES = ['normal', 'configfile', 'echo', 'ls', 'test', 'search',
           'search_fs_file', 'part_msdos', 'fat', 'ext2', 'iso9660',
           'linux', 'halt', 'serial', 'terminal', 'hashsum', 'gcry_sha256']
BIOS_MODULES = ['biosdisk', 'chain', 'linux16']
EFI_MODULES = ['linuxefi']


def _folder(platform):
    return Path('/usr/lib/grub') / platform.removesuffix('-eltorito')


def image(path, platform, prefix, early=None):
    """One file with GRUB; goes on with PREFIX/grub.cfg.

    Before that it carries out the commands in `early`.
    """
    if not _folder(platform).is_dir():
        raise Missing(f'GRUB for {platform} is missing: '
                      f'apt-get install {PACKAGES[platform]}')
    options = []
    if early:
        config = path.with_suffix('.early')
        config.write_text(early)
        options = ['-c', config]
    more = BIOS_MODULES if 'pc' in platform else EFI_MODULES
    call(tool('grub-mkimage', 'grub-common'), '-O', platform, '-o', path,
         '-p', prefix, *options, *MODULES, *more)
    return path


def install_in_mbr(disk, core):
    """Put an i386-pc image before the first partition of a raw image.

    Without grub-bios-setup the boot code expects the rest in the sectors that
    follow it.
    """
    boot, core = (_folder('i386-pc') / 'boot.img').read_bytes(), (
        core.read_bytes())
    if len(core) > GAP_SECTORS * SECTOR:
        raise ValueError(f'GRUB has {len(core)} bytes')
    with open(disk, 'r+b') as out:
        out.write(boot[:BOOT_CODE])
        out.seek(SECTOR)
        out.write(core)
