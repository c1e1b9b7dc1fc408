# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that describe virtual machines."""

from buslogic_import.errors import ImportFailed
from buslogic_import.readers import vbox

MAX_BYTES = 64 << 20


def read(path):
    """The Machine that a file describes."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImportFailed(path, error.strerror) from None
    return vbox.read(path.absolute(), data)
