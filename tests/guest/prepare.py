# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a guest, made under a lock: tests may run side by side."""

import fcntl
import functools

from guest import initramfs, kernel
from guest.paths import OUT


@functools.lru_cache(maxsize=None)
def guest_files(package=kernel.OWN, contents=initramfs.USUAL):
    """(kernel, path of the initramfs), downloaded or made when missing."""
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        debian = kernel.get(package)
        return debian, initramfs.build(debian, contents)
