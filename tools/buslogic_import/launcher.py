# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a QEMU with the adapter is."""

import shutil
import sys
from pathlib import Path

NAME = 'qemu-buslogic'


def launcher():
    """Beside the command, or in the build folder of a source tree, or on PATH.

    Where there is none, the name alone: the script looks for it once more.
    """
    command = Path(sys.argv[0]).resolve()
    for place in (command.parent, command.parent.parent / 'build'):
        if (place / NAME).is_file():
            return place / NAME
    return shutil.which(NAME) or NAME
