# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that describe virtual machines."""

import stat

from buslogic_import.errors import ImportFailed
from buslogic_import.readers import ovf, vbox, vmx

READERS = {'.vbox': vbox.read, '.vmx': vmx.read, '.ovf': ovf.read_folder,
           '.ova': ovf.read_archive}


def read(path, quiet=True):
    """The Machine that a file describes; its name tells the format.

    Where that takes long, a terminal shows how far it is, unless `quiet`.
    """
    reader = READERS.get(path.suffix.lower())
    if not reader:
        raise ImportFailed(path, 'is of no known kind; known are '
                           + ', '.join(READERS))
    try:
        # A pipe would make us wait.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImportFailed(path, 'is no ordinary file')
        return reader(path.absolute(), quiet)
    except OSError as error:
        raise ImportFailed(path, error.strerror or error) from None
