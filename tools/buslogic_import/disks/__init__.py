# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk images: what they are, and images for QEMU made of them.

plan.py       what is done with each, and how
sources.py    what an image is; checks of chains
vdi.py, vhd.py, vmdk.py   formats
layers.py     images on top of each other
qcow2.py      writes what qemu-img cannot make
qemu_img.py   calls of qemu-img
progress.py   the bar
"""

from buslogic_import.disks.plan import Image, Mode, Plan, check_space, plan
from buslogic_import.disks.progress import Progress

__all__ = ['Image', 'Mode', 'Plan', 'Progress', 'check_space', 'plan']
