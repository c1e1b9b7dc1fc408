# SPDX-License-Identifier: GPL-2.0-or-later
"""The script: shells and QEMU take it, whatever the names in it are."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from machines import Image, controller, disk, machine, TOOLS
sys.path.append(str(TOOLS.parent / 'tests'))
# pylint: disable=wrong-import-position
from guest.paths import qemu_binary, tool  # noqa: E402
from buslogic_import.mapping import map_machine  # noqa: E402
from buslogic_import.mapping.choices import Choices  # noqa: E402
from buslogic_import.model import ControllerKind, Medium  # noqa: E402
from buslogic_import.output.script import script  # noqa: E402

HOSTILE = ["o'ld \"server\"", 'a,b,,c', 'two\nlines', '$(touch hacked)',
           '`touch hacked`', '-nodefaults', '@NAME@', 'x;touch hacked', '%s\\n',
           'nbd:localhost', '\x1b[2J\u00fc']


class Started(unittest.TestCase):
    """A script in a folder of its own, with a disk of a hostile name."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-import-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, name):
        """A folder of that name with the script."""
        home = self.folder / 'a folder'
        home.mkdir()
        (home / name).write_bytes(bytes(1 << 20))
        medium = Medium(Path('/vm/x.vdi'))
        source = machine(controllers=[controller(
            ControllerKind.BUSLOGIC, disk(0, medium=medium))])
        source.name = name
        context = map_machine(source, {id(medium): Image(name, 'raw')},
                              Choices())
        run = home / 'run'
        run.write_text(script(context, qemu_binary()), encoding='utf-8')
        run.chmod(0o755)
        return run

    def run_script(self, run, *arguments, **environment):
        """What it prints; it has to succeed, without complaints."""
        environment = {**os.environ, 'SCREEN': 'none', 'ACCEL': 'tcg',
                       **environment}
        done = subprocess.run(
            [run, *arguments], env=environment, cwd=self.folder, text=True,
            capture_output=True, timeout=180, check=False,
            input='{"execute": "qmp_capabilities"}\n'
            '{"execute": "query-name"}\n{"execute": "quit"}\n')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual(list(self.folder.rglob('hacked')), [])
        return done.stdout

    def starts_with(self, name):
        """QEMU starts, and knows the machine by that name."""
        output = self.run_script(self.make(name), '-S', '-qmp', 'stdio',
                                 QEMU=str(qemu_binary()))
        replies = [json.loads(line) for line in output.splitlines()]
        self.assertIn({'return': {'name': name}}, replies)

    def test_qemu_starts_with_hostile_names(self):
        self.starts_with(''.join(HOSTILE))

    def test_a_file_name_is_no_protocol(self):
        self.starts_with('nbd:localhost')

    def test_a_file_name_is_no_option(self):
        self.starts_with('-nodefaults')

    def test_print_shows_what_would_run(self):
        run = self.make("o'ld\nserver")
        output = self.run_script(run, '--print', '-S', QEMU='true')
        words = shlex.split(output.replace('\\\n', ' '))
        self.assertEqual(words[:4], ['cd', str(run.parent), '&&', 'true'])
        self.assertEqual(words[-1], '-S')
        self.assertIn("guest=o'ld\nserver", words)
        self.assertIn('buslogic,id=storage0,addr=0x15,model=bt958d,'
                      'isa-compat=alternate', words)

    def test_a_missing_qemu_is_said(self):
        run = self.make('disk')
        done = subprocess.run([run], env={**os.environ, 'QEMU': '/nowhere'},
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, '^run: /nowhere is not there: set QEMU')

    def test_a_relative_qemu_is_found(self):
        run = self.make('disk')
        (self.folder / 'mine').symlink_to('/usr/bin/true')
        self.assertIn(f'{self.folder}/./mine',
                      self.run_script(run, '--print', QEMU='./mine'))

    def test_shellcheck_is_content(self):
        for name in HOSTILE:
            with self.subTest(name):
                source = machine()
                source.name = name
                text = script(map_machine(source, {}, Choices()), 'qemu')
                done = subprocess.run(
                    [tool('shellcheck', 'shellcheck'), '-s', 'sh', '-'],
                    input=text, text=True, capture_output=True, check=False)
                self.assertEqual(done.stdout, '')


if __name__ == '__main__':
    unittest.main()
