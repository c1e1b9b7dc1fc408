# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's version, which meson.build says."""

import re
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# Written when the package is installed
_INSTALLED = _HERE / 'version.txt'
_SOURCE = _HERE.parent.parent / 'meson.build'


def version():
    """As '0.1'."""
    if _INSTALLED.exists():
        return _INSTALLED.read_text(encoding='ascii').strip()
    text = _SOURCE.read_text(encoding='ascii')
    return re.search(r"^ +version: '([^']+)'", text, re.M)[1]
