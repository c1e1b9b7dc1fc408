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
# What an import, or the machine once it runs, puts there
OURS = re.compile(r'run|machine\.xml|report\.txt|uefi-variables\.fd|'
                  r'(monitor|serial\d+)\.socket|[a-z]+\d+\.(qcow2|iso)')


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
    entries = sorted(folder.iterdir())
    names = {entry.name for entry in entries}
    if not names:
        return
    if not force:
        raise ImportFailed(folder, 'is there already; --force replaces it')
    if not {RUN, REPORT} <= names:
        raise ImportFailed(folder, 'is no imported machine; --force replaces '
                           'nothing else')
    for entry in entries:
        # Somebody's own files, maybe the machine that is being imported
        if not OURS.fullmatch(entry.name) or (
                entry.is_dir() and not entry.is_symlink()):
            raise ImportFailed(folder, f'has {entry.name}, which no import '
                               'has made: --force would delete it; move it '
                               'elsewhere')


def check_outside(folder, paths):
    """None of what is imported may be in the folder that is replaced."""
    folder = folder.resolve()
    for path in paths:
        if folder in path.resolve().parents or folder in path.parents:
            raise ImportFailed(path, f'is in {folder}, which --force would '
                               'delete: choose another folder with -o')


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
    try:
        folder.rename(old / 'old')
        made.rename(folder)
    except BaseException:
        if (old / 'old').exists() and not folder.exists():
            (old / 'old').rename(folder)
            old.rmdir()
        raise
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
