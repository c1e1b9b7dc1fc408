# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk from which a PC boots Debian's Linux, by BIOS and by UEFI.

As on a machine with Debian installed: GRUB in the MBR and behind it, and once
more in the EFI system partition; the kernel, its initramfs and GRUB's
configuration in /boot of the root file system, the first partition.
"""

import shutil

from guest import grub
from guest.images import (EFI_SYSTEM, LINUX, Partition, convert, ext4_image,
                          fat_image, partitioned_disk)

ESP_MIB = 8
GRUB_FOLDER = '(,msdos1)/boot/grub'     # of the disk GRUB comes from


def _grub_config(kernel, append, bios_loader):
    """Commands for GRUB; each loader has its own for the initramfs."""
    def boot(loader):
        initrd = loader.replace('linux', 'initrd')
        return (f'{loader} /boot/vmlinuz {append}\n'
                f'{initrd} /boot/initrd.img\nboot\n')
    return (f'echo "GRUB on $grub_platform: Linux {kernel.release} '
            'from $root"\n'
            f'if [ $grub_platform = efi ]; then\n{boot("linuxefi")}'
            f'else\n{boot(bios_loader)}fi\n')


def _add_boot(root, kernel, initramfs, append, loader):
    """/boot for a root file system."""
    boot = root / 'boot'
    (boot / 'grub').mkdir(parents=True)
    shutil.copy(kernel.compressed, boot / 'vmlinuz')
    shutil.copy(initramfs, boot / 'initrd.img')
    (boot / 'grub/grub.cfg').write_text(_grub_config(kernel, append, loader))


def _efi_partition(image):
    """The EFI system partition, with GRUB where UEFI looks for it."""
    folder = image.with_suffix('.esp')
    shutil.rmtree(folder, ignore_errors=True)
    (folder / 'EFI/BOOT').mkdir(parents=True)
    grub.image(folder / 'EFI/BOOT/BOOTX64.EFI', 'x86_64-efi', GRUB_FOLDER)
    return Partition(fat_image(image.with_suffix('.fat'), folder, ESP_MIB),
                     EFI_SYSTEM)


def boot_disk(image, root, files, append, mib, image_format='raw',
              loader='linux'):
    """The disk; `root` is a folder with its root file system.

    `files` are the kernel and its initramfs. `loader` is GRUB's command under
    a BIOS: linux16 enters the kernel in real mode, where it asks the BIOS
    itself.
    """
    _add_boot(root, *files, append, loader)
    raw = image.with_suffix('.raw')
    partitions = [
        Partition(ext4_image(image.with_suffix('.ext4'), root, mib), LINUX),
        _efi_partition(image)]
    partitioned_disk(raw, partitions)
    core = grub.image(image.with_suffix('.core'), 'i386-pc', GRUB_FOLDER)
    grub.install_in_mbr(raw, core)
    convert(raw, image, image_format)
    for path in (raw, core, *(part.path for part in partitions)):
        path.unlink()
    return image
