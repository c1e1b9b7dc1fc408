# SPDX-License-Identifier: GPL-2.0-or-later
"""make install: where to, and whose the build is afterwards."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

# Writes to the build, as meson does, and says what it has been told.
MESON = '''#!/bin/sh
echo x >"$BUILD/coredata"
for word in "$@" "DESTDIR=$DESTDIR"; do
    printf '<%s>' "$word"
done
echo
exit $STATUS
'''


class Install(unittest.TestCase):
    """The Makefile, a build that is up to date, and a meson of ours."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.build = self.folder / 'build'
        (self.build / 'qemu').mkdir(parents=True)
        shutil.copy(TOP / 'build/qemu/stamp', self.build / 'qemu/stamp')
        os.utime(self.build / 'qemu/stamp', (0, 0))
        (self.build / 'build.ninja').touch()
        self.meson = self.folder / 'meson'
        self.meson.write_text(MESON)
        self.meson.chmod(0o755)

    def install(self, *variables, status=0):
        """What meson has been told, and the status of make."""
        # Without what another make may have exported
        environment = {name: value for name, value in os.environ.items()
                       if name not in ('DESTDIR', 'PREFIX', 'MAKEFLAGS')}
        environment |= {'BUILD': str(self.build), 'STATUS': str(status)}
        done = subprocess.run(
            ['make', '-s', 'install', f'B={self.build}', 'NINJA=true',
             f'MESON={self.meson}', *variables], cwd=TOP, env=environment,
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2 if status else 0, done.stderr)
        return done.stdout

    def test_prefix_with_a_space(self):
        self.assertIn('<-Dprefix=/opt/my tools>',
                      self.install('PREFIX=/opt/my tools'))

    def test_destdir_with_a_space(self):
        self.assertIn(f'<DESTDIR={self.folder}/a b>\n',
                      self.install(f'DESTDIR={self.folder}/a b'))

    def test_relative_destdir_is_below_the_current_directory(self):
        self.assertIn(f'<DESTDIR={TOP}/no-such-stage>',
                      self.install('DESTDIR=no-such-stage'))

    def test_without_destdir(self):
        self.assertIn('<--no-rebuild><DESTDIR=>', self.install())

    @unittest.skipIf(os.getuid(), 'only root can install for another user')
    def test_what_root_builds_in_a_users_directory_is_the_users(self):
        nobody = 65534
        for status in 0, 1:
            with self.subTest(status=status):
                os.chown(self.build, nobody, nobody)
                self.install(status=status)
                about = (self.build / 'coredata').stat()
                self.assertEqual((about.st_uid, about.st_gid),
                                 (nobody, nobody))

    @unittest.skipIf(os.getuid(), 'only root can install for another user')
    def test_what_root_builds_in_its_own_directory_is_its_own(self):
        self.install()
        self.assertEqual((self.build / 'coredata').stat().st_uid, 0)


if __name__ == '__main__':
    unittest.main()
