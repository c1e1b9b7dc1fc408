# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk images: what they are, and images for QEMU made of them.

plan.py       what is done with each, and how
source.py     an image that is going to be used
sources.py    what an image is
chains.py, vmdk_chains.py   images and their parents
vdi.py, vhd.py, vmdk.py, vmdk_sparse.py   formats
layers.py     images on top of each other
qcow2.py      writes what qemu-img cannot make
qemu_img.py   calls of qemu-img
"""

from buslogic_import.disks.plan import Image, Mode, Plan, check_space, plan

__all__ = ['Image', 'Mode', 'Plan', 'check_space', 'plan']
