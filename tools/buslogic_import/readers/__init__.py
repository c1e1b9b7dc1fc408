# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that describe virtual machines."""

import stat
from functools import partial

from buslogic_import.errors import ImportFailed
from buslogic_import.readers import ovf, vbox, vmx

SETTINGS = {'.vbox': vbox.read, '.vmx': vmx.read}
PACKAGES = {'.ovf': ovf.read_folder, '.ova': ovf.read_archive}


def _reader(path, quiet, configuration):
    """What reads files with such a name."""
    suffix = path.suffix.lower()
    if suffix in PACKAGES:
        return partial(PACKAGES[suffix], quiet=quiet,
                       configuration=configuration)
    if suffix not in SETTINGS:
        raise ImportFailed(path, 'is of no known kind; known are '
                           + ', '.join([*SETTINGS, *PACKAGES]))
    if configuration:
        raise ImportFailed(path, 'has no configurations: only an .ovf or .ova '
                           'can')
    return SETTINGS[suffix]


def read(path, quiet=True, configuration=''):
    """The Machine that a file describes; its name tells the format.

    Where that takes long, a terminal shows how far it is, unless `quiet`.
    An OVF may have several `configuration`s, of which it names a default.
    """
    reader = _reader(path, quiet, configuration)
    try:
        # A pipe would make us wait.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImportFailed(path, 'is no ordinary file')
        return reader(path.absolute())
    except OSError as error:
        raise ImportFailed(path, error.strerror or error) from None
