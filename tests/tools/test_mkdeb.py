# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/mkdeb: who may run it. tests/deb has what comes out."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MKDEB = TOP / 'tools/mkdeb'
NOBODY = 65534


class MkDeb(unittest.TestCase):
    """An empty folder instead of what "make install" leaves."""

    def test_nothing_is_packaged_where_nothing_is_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            done = subprocess.run(
                [MKDEB, folder / 'root', folder / 'work', folder / 'out'],
                capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, 'buslogic: nothing is installed in '
                             f'{folder}/root\n')
            self.assertEqual(list(folder.rglob('*.deb')), [])


@unittest.skipUnless(Path('/usr/bin/dh').exists(), 'needs debhelper')
class Package(unittest.TestCase):
    """A package that has next to nothing, made by nobody."""

    def setUp(self):
        # Nobody gets there, wherever TMPDIR may be.
        folder = tempfile.TemporaryDirectory(dir='/tmp')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # Where the sources are may be root's alone.
        for name in 'tools/mkdeb', 'packaging/debian', 'meson.build':
            copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
            (self.folder / name).parent.mkdir(exist_ok=True)
            copy(TOP / name, self.folder / name)
        ours = self.folder / 'root/usr/share/qemu-buslogic/buslogic_import'
        ours.mkdir(parents=True)
        (ours / 'version.txt').write_text('0.1\n')

    def make(self, **environment):
        """The path of the package."""
        user = {}
        if not os.getuid():
            user = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []}
            subprocess.run(['chown', '-R', f'{NOBODY}:{NOBODY}', self.folder],
                           check=True)
        done = subprocess.run(
            [self.folder / 'tools/mkdeb', self.folder / 'root',
             self.folder / 'work', self.folder / 'out'], cwd=self.folder,
            env={**os.environ, **environment}, capture_output=True, text=True,
            check=False, **user)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout.strip()

    def ask(self, *command):
        """What dpkg-deb says."""
        return subprocess.run(['dpkg-deb', *command], check=True,
                              capture_output=True, text=True).stdout

    def test_it_does_not_take_root(self):
        files = self.ask('-c', self.make()).splitlines()
        self.assertTrue(files)
        for line in files:
            self.assertEqual(line.split()[1], 'root/root', line)

    def test_any_name_may_be_the_maintainers(self):
        package = self.make(DEBFULLNAME='R & D / A\\B', DEBEMAIL='a@b.example')
        self.assertEqual(self.ask('-f', package, 'Maintainer'),
                         'R & D / A\\B <a@b.example>\n')


if __name__ == '__main__':
    unittest.main()
