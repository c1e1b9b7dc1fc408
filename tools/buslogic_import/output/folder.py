# SPDX-License-Identifier: GPL-2.0-or-later
"""The folder of an imported machine: all of it, or nothing."""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from buslogic_import.errors import ImportFailed

RUN, XML, REPORT = 'run', 'machine.xml', 'report.txt'
NAME_BYTES = 200


def folder_name(name):
    """One for a machine of that name: of one part, and not hidden."""
    name = re.sub(r'[/\0-\x1f\x7f]', '_', name).strip()
    name = name.encode()[:NAME_BYTES].decode(errors='ignore')
    if name.startswith(('.', '-')) or not name:
        name = f'machine{name}'
    return name


def check_free(folder, force):
    """Whether the folder can be written; --force replaces a machine."""
    if not os.path.lexists(folder):
        if not folder.parent.is_dir():
            raise ImportFailed(folder, f'{folder.parent} is no directory')
        return
    if not folder.is_dir() or folder.is_symlink():
        raise ImportFailed(folder, 'is there and no directory')
    names = {entry.name for entry in folder.iterdir()}
    if not names:
        return
    if not force:
        raise ImportFailed(folder, 'is there already; --force replaces it '
                           'and all that is in it')
    if not {RUN, REPORT} <= names:
        raise ImportFailed(folder, 'is no imported machine; --force replaces '
                           'nothing else')


@contextlib.contextmanager
def new_folder(folder):
    """A folder beside it, which becomes it if all goes well."""
    made = Path(tempfile.mkdtemp(prefix='.buslogic-import-',
                                 dir=folder.parent))
    try:
        yield made
        made.chmod(0o777 & ~_umask())
        _put_in_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put_in_place(made, folder):
    """The old one goes once the new one is complete."""
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix='.buslogic-import-old-',
                                dir=folder.parent))
    folder.rename(old / 'old')
    made.rename(folder)
    shutil.rmtree(old)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path, text, executable=False):
    """A file of the folder.  Names that are no text are kept as they are."""
    path.write_text(text, encoding='utf-8', errors='surrogateescape')
    if executable:
        path.chmod(0o777 & ~_umask())
