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
    def test_it_does_not_take_root(self):
        # Nobody gets there, wherever TMPDIR may be.
        with tempfile.TemporaryDirectory(dir='/tmp') as folder:
            folder = Path(folder)
            # Where the sources are may be root's alone.
            for name in 'tools/mkdeb', 'packaging/debian', 'meson.build':
                copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
                (folder / name).parent.mkdir(exist_ok=True)
                copy(TOP / name, folder / name)
            version = folder / 'root/usr/share/qemu-buslogic/buslogic_import'
            version.mkdir(parents=True)
            (version / 'version.txt').write_text('0.1\n')
            user = {} if os.getuid() else {'user': NOBODY, 'group': NOBODY}
            if user:
                subprocess.run(['chown', '-R', f'{NOBODY}:{NOBODY}', folder],
                               check=True)
            done = subprocess.run(
                [folder / 'tools/mkdeb', folder / 'root', folder / 'work',
                 folder / 'out'], cwd=folder, capture_output=True, text=True,
                check=False, extra_groups=[] if user else None, **user)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            files = subprocess.run(
                ['dpkg-deb', '-c', done.stdout.strip()], check=True,
                capture_output=True, text=True).stdout.splitlines()
            self.assertTrue(files)
            for line in files:
                self.assertEqual(line.split()[1], 'root/root', line)


if __name__ == '__main__':
    unittest.main()
