# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/fetch-source, with package sources and an archive of our own."""

import subprocess
import os
import tempfile
import unittest
from pathlib import Path

import archive

FETCH = Path(__file__).resolve().parents[2] / 'tools/fetch-source'
CODENAME = archive.codename()


class FetchSourceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        self.workdir = self.folder / 'work'

    def fetch(self, package='qemu=1:7.2-1', options=(), **files):
        """Fetch with FILES (list, sources) as all that is in /etc/apt."""
        etc = self.folder / 'etc'
        (etc / 'parts').mkdir(parents=True, exist_ok=True)
        for suffix, text in files.items():
            (etc / 'parts' / f'test.{suffix}').write_text(text,
                                                          encoding='utf-8')
        config = etc / 'apt.conf'
        config.write_text(f'Dir::Etc::sourcelist "{etc}/sources.list";\n'
                          f'Dir::Etc::sourceparts "{etc}/parts";\n',
                          encoding='utf-8')
        before = self.state_of(etc)
        result = subprocess.run(
            [FETCH, *options, self.workdir, package], encoding='utf-8',
            env=dict(os.environ, APT_CONFIG=str(config)), check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(self.state_of(etc), before)
        return result

    @staticmethod
    def state_of(folder):
        return {path: path.stat().st_mtime_ns for path in folder.rglob('*')}

    def assert_fetched(self, result, version='7.2'):
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        unpacked = self.workdir / 'src/VERSION'
        self.assertEqual(unpacked.read_text(encoding='utf-8'),
                         f'{version}-patched\n')

    def assert_failed(self, result, *reasons):
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for reason in ('buslogic: ',) + reasons:
            self.assertIn(reason, result.stderr)
        self.assertFalse((self.workdir / 'src').exists())

    def test_from_a_one_line_entry(self):
        uri = archive.build(self.folder)
        self.assert_fetched(self.fetch(
            list=f'# deb {uri}/nowhere {CODENAME} main\n'
            f'deb [arch=amd64 trusted=yes] {uri} {CODENAME} main # mine\n'))

    def test_from_a_deb822_entry(self):
        uri = archive.build(self.folder)
        self.assert_fetched(self.fetch(
            sources='# mine\n'
            f'types: deb\nuris: {uri}\nSuites:\n {CODENAME}\n'
            'Components: contrib main\nArchitectures: amd64\n'
            'Trusted: yes\n'))

    def test_from_an_entry_that_is_deb_src_already(self):
        uri = archive.build(self.folder)
        self.assert_fetched(self.fetch(
            list=f'deb-src [trusted=yes] {uri} {CODENAME} main\n'))

    def test_a_disabled_entry_is_not_used(self):
        uri = archive.build(self.folder)
        self.assert_failed(self.fetch(
            sources=f'Types: deb\nURIs: {uri}\nSuites: {CODENAME}\n'
            'Components: main\nTrusted: yes\nEnabled: no\n'),
            'no package source of Debian')

    def test_sources_of_others_are_not_used(self):
        uri = archive.build(self.folder, suite='nodistro')
        self.assert_failed(self.fetch(
            list=f'deb [trusted=yes] {uri} nodistro main\n'
            f'deb [trusted=yes] {uri} ./\n'), 'no package source of Debian')

    def test_from_another_release(self):
        uri = archive.build(self.folder, version='10.0', suite='next')
        self.assert_fetched(self.fetch(
            'qemu', ('--suite', 'next'),
            list=f'deb [trusted=yes] {uri} {CODENAME} main\n'), '10.0')

    def test_signatures_are_checked(self):
        uri = archive.build(self.folder)
        self.assert_failed(self.fetch(list=f'deb {uri} {CODENAME} main\n'))

    def test_lack_of_the_version_is_one_line(self):
        uri = archive.build(self.folder, version='7.3')
        self.assert_failed(self.fetch(
            list=f'deb [trusted=yes] {uri} {CODENAME} main\n'),
            'do not have the source package qemu=1:7.2-1', 'apt-get install')

    def test_lack_of_a_network_is_one_line(self):
        self.assert_failed(self.fetch(
            list=f'deb http://127.0.0.1:9/debian {CODENAME} main\n'),
            'cannot download', 'check the network')


if __name__ == '__main__':
    unittest.main()
