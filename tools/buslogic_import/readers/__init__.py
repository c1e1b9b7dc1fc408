# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that describe virtual machines."""

from buslogic_import.errors import ImportFailed
from buslogic_import.readers import vbox, vmx

READERS = {'.vbox': vbox, '.vmx': vmx}
MAX_BYTES = 64 << 20


def read(path):
    """The Machine that a file describes; its name tells the format."""
    reader = READERS.get(path.suffix.lower())
    if not reader:
        raise ImportFailed(path, 'is of no known kind; known are '
                           + ', '.join(READERS))
    try:
        with open(path, 'rb') as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImportFailed(path, error.strerror) from None
    return reader.read(path.absolute(), data)
