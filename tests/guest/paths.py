# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are, and one clear line when something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

GUEST_DIR = Path(__file__).resolve().parent
ROOT = GUEST_DIR.parent.parent
BUILD = ROOT / 'build'
OUT = BUILD / 'guest'

# Tools of the system administrator are not on everybody's PATH.
SEARCH = os.pathsep.join([os.environ.get('PATH', ''), '/usr/sbin', '/sbin'])


class Missing(Exception):
    """Something that has to be there is not; the text says what to do."""


def tool(name, package):
    """Full path of a program that comes from a Debian package."""
    path = shutil.which(name, path=SEARCH)
    if not path:
        raise Missing(f'{name} is missing: apt-get install {package}')
    return path


def qemu_binary():
    """The launcher the build made, or any QEMU that has the device."""
    path = Path(os.environ.get('QEMU_BUSLOGIC', BUILD / 'qemu-buslogic'))
    if not path.exists():
        raise Missing(f'{path} is missing: run "make" first')
    return path


def call(*command, **options):
    """Run a program quietly; its output appears only when it fails."""
    done = subprocess.run([str(word) for word in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **options)
    if done.returncode:
        raise RuntimeError(f'{command[0]} exited with {done.returncode}:\n'
                           f'{done.stdout}')
    return done.stdout
