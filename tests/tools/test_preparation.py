# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/host-packages and tools/prepare-qemu on pretended systems."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / 'tools'


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.programs = self.folder / 'bin'
        self.programs.mkdir()

    def pretend(self, path, text):
        """Put a shell script in place of a program."""
        path.write_text(f'#!/bin/sh\n{text}\n', encoding='utf-8')
        path.chmod(0o755)

    def run_tool(self, *command, **environment):
        search = f'{self.programs}:{os.environ["PATH"]}'
        return subprocess.run(
            [str(word) for word in command], encoding='utf-8', check=False,
            env=dict(os.environ, PATH=search, **environment),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def assert_failed(self, result, *reasons):
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for reason in ('buslogic: ',) + reasons:
            self.assertIn(reason, result.stderr)


class HostPackagesTest(TestCase):
    def setUp(self):
        super().setUp()
        self.list = self.folder / 'list'
        self.list.write_text('# why\nhave-this\nlack-this # and why\n',
                             encoding='utf-8')
        self.log = self.folder / 'log'
        self.have('have-this', 'have-this-too')
        self.pretend(self.programs / 'apt-get', 'echo "$@"')

    def have(self, *packages):
        self.pretend(self.programs / 'dpkg-query', '\n'.join(
            f'echo "installed {package}"' for package in packages))

    def host_packages(self, user=0):
        self.pretend(self.programs / 'id', f'echo {user}')
        return self.run_tool(TOOLS / 'host-packages', self.list,
                             BUSLOGIC_LOG=str(self.log))

    def test_nothing_missing_is_silent(self):
        self.have('have-this', 'lack-this')
        result = self.host_packages()
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, '', ''))
        self.assertFalse(self.log.exists())

    def test_root_installs_what_is_missing(self):
        result = self.host_packages()
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertEqual(result.stdout, '  APT     installing lack-this\n')
        self.assertEqual(self.log.read_text(encoding='utf-8'), '-q update\n'
                         '-q -y install --no-install-recommends lack-this\n')

    def test_others_get_the_command(self):
        self.assert_failed(
            self.host_packages(user=1000),
            'sudo apt-get install --no-install-recommends lack-this\n')
        self.assertFalse(self.log.exists())

    def test_failing_installation_is_one_line(self):
        self.pretend(self.programs / 'apt-get', 'echo many\necho words\nexit 9')
        self.assert_failed(self.host_packages(), 'lack-this', str(self.log),
                           'network')

    def test_system_without_apt_is_one_line(self):
        for name in ('dpkg-query', 'apt-get'):
            (self.programs / name).unlink()
        for name in ('sh', 'dirname', 'sed', 'tr'):
            (self.programs / name).symlink_to(shutil.which(name))
        result = subprocess.run(
            [TOOLS / 'host-packages', self.list], encoding='utf-8',
            env={'PATH': str(self.programs)}, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assert_failed(result, 'needs Debian')


class PrepareQemuTest(TestCase):
    def setUp(self):
        super().setUp()
        self.workdir = self.folder / 'work'
        self.tools = self.folder / 'tools'
        self.tools.mkdir()
        shutil.copy(TOOLS / 'prepare-qemu', self.tools)
        for name in ('fetch-source', 'configure-qemu'):
            self.pretend(self.tools / name, f'echo {name} "$@"')
        self.install('1:7.2-1', build='+b1')

    def install(self, version, build=''):
        """Pretend that this version of QEMU is installed."""
        self.pretend(self.programs / 'dpkg-query', f'''
            case "$*" in
                *Upstream-Version*) echo {version.rpartition('-')[0]};;
                *) echo qemu={version};;
            esac''')
        self.pretend(self.tools / 'qemu-identity',
                     f'printf "QEMU\\nDebian {version}{build}\\n1234\\n"')

    def prepare(self):
        return self.run_tool(self.tools / 'prepare-qemu', self.workdir)

    def steps(self):
        """Prepare; return the names of the steps that were made."""
        result = self.prepare()
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        return [line.split()[0] for line in result.stdout.splitlines()]

    def test_the_source_of_the_installed_package_is_fetched(self):
        result = self.prepare()
        self.assertEqual(
            result.stdout.splitlines(),
            [f'fetch-source {self.workdir} qemu=1:7.2-1',
             f'configure-qemu {self.workdir} Debian 1:7.2-1+b1'])

    def test_nothing_is_done_twice(self):
        self.steps()
        stamp = (self.workdir / 'stamp').stat().st_mtime_ns
        self.assertEqual(self.steps(), [])
        self.assertEqual((self.workdir / 'stamp').stat().st_mtime_ns, stamp)

    def test_a_binary_rebuild_is_configured_again(self):
        self.steps()
        self.install('1:7.2-1', build='+b2')
        self.assertEqual(self.steps(), ['configure-qemu'])

    def test_an_upgrade_is_fetched_and_configured(self):
        self.steps()
        self.install('1:7.2-2')
        self.assertEqual(self.steps(), ['fetch-source', 'configure-qemu'])

    def test_what_failed_is_done_again(self):
        self.pretend(self.tools / 'configure-qemu', 'exit 1')
        self.assertEqual(self.prepare().returncode, 1)
        self.pretend(self.tools / 'configure-qemu', 'echo configure-qemu')
        self.assertEqual(self.steps(), ['configure-qemu'])

    def test_lack_of_qemu_is_one_line(self):
        self.pretend(self.programs / 'dpkg-query', 'exit 1')
        self.assert_failed(self.prepare(), 'not installed',
                           'apt-get install qemu-system-x86')

    def test_old_qemu_is_one_line(self):
        self.install('1:5.2-1')
        self.assert_failed(self.prepare(), '5.2 is too old')


if __name__ == '__main__':
    unittest.main()
