# SPDX-License-Identifier: GPL-2.0-or-later
"""Cylinders, heads and sectors that images claim.

Boot loaders and DOS find their way by them, and partition tables are written
with them.  What QEMU or the adapter's boot ROM would say by itself needs no
option.
"""

from buslogic_import.mapping.options import joined

GIB = 1 << 30
SECTOR = 512
# What fits into the calls of a BIOS, and into the registers of IDE
MAX_BIOS_CYLINDERS = 1024
IDE_LIMITS = (16383, 16, 63)
IDE_USUAL = (16, 63)


def geometry(drive):
    """Properties of a disk that say its geometry; reports them."""
    claimed = drive.context.geometries.get(id(drive.source.medium))
    if not claimed:
        return {}
    size, (cylinders, heads, sectors) = claimed
    setting = f'{drive.title}: geometry'
    source = f'{cylinders}/{heads}/{sectors}'
    if drive.driver == 'scsi-hd' and not drive.context.is_virtualbox:
        if (heads, sectors) == _boot_rom(size):
            return {}
        if cylinders > MAX_BIOS_CYLINDERS:
            drive.context.report.equivalent(
                setting, source, 'as the boot ROM has it', 'a BIOS cannot '
                f'have more than {MAX_BIOS_CYLINDERS} cylinders')
            return {}
        properties = {'lcyls': cylinders, 'lheads': heads, 'lsecs': sectors}
    elif drive.driver == 'ide-hd' and _fits(cylinders, heads, sectors):
        if (heads, sectors) == IDE_USUAL:
            return {}
        properties = {'cyls': cylinders, 'heads': heads, 'secs': sectors}
    else:
        return {}
    drive.context.report.exact(setting, source, joined('', properties))
    return properties


def _boot_rom(size):
    """Heads and sectors that the boot ROM of the adapter gives a disk.

    VirtualBox and VMware do the same, unless an image of VMware says it.
    """
    if size < GIB:
        return 64, 32
    return (128, 32) if size < 2 * GIB else (255, 63)


def _fits(*values):
    return all(0 < value <= limit for value, limit
               in zip(values, IDE_LIMITS))
