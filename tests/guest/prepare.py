# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a guest, made under a lock: tests may run side by side."""

import fcntl

from guest import initramfs, kernel
from guest.paths import OUT


def guest_files():
    """(kernel, path of the initramfs), downloaded or made when missing."""
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        debian = kernel.get()
        return debian, initramfs.build(debian)
