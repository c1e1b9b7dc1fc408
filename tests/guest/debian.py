# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of Debian packages of any release and architecture.

They are unpacked and never installed: most are of no use on the host, some
would change how it boots. apt fetches them from the user's own mirror and
checks their signatures, with a configuration of our own below the build
folder: neither root nor any change of the system is needed.
"""

import fcntl
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple, Optional

from guest.paths import BUILD, ROOT, Missing, call, tool

sys.path.append(str(ROOT / 'tools'))

from private_apt import Apt, distribution_entries  # noqa: E402

OUT = BUILD / 'packages'

# Packages that could not be had: tests by the dozen want the same one.
_missing = {}


class Package(NamedTuple):
    """A package, and those of its dependencies that are wanted with it."""

    name: str
    suite: Optional[str] = None         # None: that of the user
    architecture: str = 'amd64'
    follow: str = r'$'                  # a pattern of names

    @property
    def origin(self):
        """Suite and architecture in one word."""
        return f'{self.suite or "own"}-{self.architecture}'

    def __str__(self):
        return f'{self.name} ({self.origin})'


def _names(apt, package):
    """The package and the wanted ones of those it depends on."""
    names, todo = [], [package.name]
    while todo:
        names.append(todo.pop(0))
        todo += [name for name in apt.depends(names[-1])
                 if re.match(package.follow, name)
                 and name not in names + todo]
    return names


def _fetch(apt, package):
    """Download the packages; returns whether that worked."""
    shutil.rmtree(apt.download)
    Path(apt.download).mkdir()
    return apt.run(f'FETCH   {package}', 'download', *_names(apt, package))[0]


def _download(package):
    """The .deb files. Old lists are made new ones, new ones tried twice."""
    entries = distribution_entries('deb', package.suite)
    apt = Apt(OUT / 'apt' / package.origin, entries, package.architecture)
    has_lists = any(Path(apt.root, 'lists').glob('*_Packages*'))
    for update in (not has_lists, True):
        if update:
            apt.run(f'INDEX   {package.origin}', 'update')
        if _fetch(apt, package):
            return list(Path(apt.download).glob('*.deb'))
    _missing[package] = Missing(
        f'cannot download {package}: check the network and the Debian mirror '
        f'in /etc/apt (log: {apt.log})')
    raise _missing[package]


def _unpack(package, tree):
    """The folder appears only when it is complete."""
    partial = tree.with_name(f'{tree.name}.partial')
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for deb in _download(package):
        call(tool('dpkg-deb', 'dpkg'), '-x', deb, partial)
        deb.unlink()
    partial.rename(tree)


def unpacked(package):
    """The folder with the files of a Package; downloads them only once.

    Just a name stands for a package of the user's own Debian.
    """
    if isinstance(package, str):
        package = Package(package)
    tree = OUT / package.origin / package.name
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if package in _missing:
            raise _missing[package]
        if not tree.exists():
            _unpack(package, tree)
    return tree
