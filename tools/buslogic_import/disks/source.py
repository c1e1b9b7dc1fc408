# SPDX-License-Identifier: GPL-2.0-or-later
"""An image that is going to be used, and how QEMU opens it."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from buslogic_import.disks.layers import Layer
from buslogic_import.errors import ImportFailed


@dataclass
class Source:
    """An image that is going to be used.

    QEMU reads `node`.  What it cannot read is in `layers`, which are on top
    of `node` or, if that is None, complete.
    """

    path: Path
    driver: str
    size: int                       # of the disk, bytes
    node: dict | None
    layers: list[Layer] = field(default_factory=list)
    base: list[Layer] = field(default_factory=list)     # `node` for us
    writable: bool = True
    why_not: str = ''               # if it is not
    geometry: tuple | None = None


def check_file(path):
    """It must be an ordinary file that can be read."""
    try:
        # A pipe must not make us wait.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        os.close(handle)
    except OSError as error:
        raise ImportFailed(path, error.strerror) from None
    if not is_file:
        raise ImportFailed(path, 'is no ordinary file')


def file_node(medium):
    """The file, or its place in an archive."""
    node = {'driver': 'file', 'filename': str(medium.path)}
    if medium.size is None:
        return node
    return {'driver': 'raw', 'offset': medium.offset, 'size': medium.size,
            'file': node}


def node_of(driver, medium, **more):
    return {'driver': driver, **more, 'file': file_node(medium)}


def archived(medium):
    """Why it cannot be written to, if it is in an archive."""
    return 'it is in an archive' if medium.size is not None else ''
