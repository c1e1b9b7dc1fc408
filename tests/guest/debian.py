# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of Debian packages that are unpacked and never installed.

They are of no use on the host, or would change how it boots.
"""

import fcntl
import os
import subprocess

from guest.paths import BUILD, Missing, call, tool

OUT = BUILD / 'packages'


def _download(find, folder):
    # As root apt would switch to a user who cannot write to the build tree.
    call(tool('apt-get', 'apt'), '-o', 'APT::Sandbox::User=root',
         'download', find(), cwd=folder)


def _download_with_fresh_lists(package, find, folder):
    """A new machine has no package lists, an old one outdated ones."""
    try:
        _download(find, folder)
    except (RuntimeError, subprocess.SubprocessError) as error:
        if os.geteuid() != 0:
            raise Missing(f'cannot download {package} ({error}); '
                          'as root: apt-get update') from error
        call('apt-get', 'update')
        _download(find, folder)


def _package(package, find, folder):
    """The .deb, downloaded at most once, and only taken when complete."""
    partial = folder / 'partial'
    partial.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob('*.deb')):
        print(f'downloading {package}', flush=True)
        _download_with_fresh_lists(package, find, partial)
        deb = next(partial.glob('*.deb'))
        deb.rename(folder / deb.name)
    return next(folder.glob('*.deb'))


def unpacked(package, find=None):
    """The folder with the files of a package.

    For a metapackage, `find` names the real one when the package lists are
    known to be there.
    """
    tree = OUT / package
    done = OUT / f'{package}.done'
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            deb = _package(package, find or (lambda: package),
                           OUT / 'download' / package)
            call(tool('dpkg-deb', 'dpkg'), '-x', deb, tree)
            done.touch()
    return tree
