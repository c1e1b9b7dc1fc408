# SPDX-License-Identifier: GPL-2.0-or-later
"""The launcher and the module in the installed QEMU."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / 'build'
LAUNCHER = BUILD / 'qemu-buslogic'
MODULE = BUILD / 'hw-scsi-buslogic.so'
QEMU = Path('/usr/bin/qemu-system-x86_64')

# No machine, no window: what is tested here happens before either matters.
QUIET = ('-machine', 'none', '-nodefaults', '-display', 'none')
TIMEOUT = 60

# A library that every program can load
HARMLESS = 'libm.so.6'


def run(*command, stdin='', **environment):
    """Run a program; the environment may be changed by keywords."""
    env = {name: value for name, value in {**os.environ, **environment}.items()
           if value is not None}
    return subprocess.run([str(word) for word in command], input=stdin,
                          env=env, timeout=TIMEOUT, encoding='utf-8',
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)


def start(**environment):
    """Start the launcher and wait until QEMU is up and running."""
    process = subprocess.Popen(
        [LAUNCHER, *QUIET, '-qmp', 'stdio'], encoding='utf-8',
        env={**os.environ, **environment}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdin.write('{"execute": "qmp_capabilities"}')
    process.stdin.flush()
    process.stdout.readline()
    return process


def with_other_build_id(target):
    """Copy QEMU to TARGET, with another build-id: as after an upgrade."""
    notes = subprocess.run(['readelf', '-n', QEMU], encoding='utf-8',
                           stdout=subprocess.PIPE, check=True).stdout
    build_id = bytes.fromhex(re.search(r'Build ID: (\w+)', notes)[1])
    binary = QEMU.read_bytes()
    if binary.count(build_id) != 1:
        raise AssertionError('the build-id is not where it is expected')
    target.write_bytes(binary.replace(build_id, bytes(len(build_id))))
    target.chmod(0o755)


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_refused(self, result, *reasons):
        """One line on stderr that says why and what to do, and status 1."""
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual(result.stdout, '')
        for reason in ('buslogic: ',) + reasons:
            self.assertIn(reason, result.stderr)


class LauncherTest(TestCase):
    """build/qemu-buslogic is QEMU for whoever starts it."""

    def test_qemu_has_the_device(self):
        result = run(LAUNCHER, *QUIET, '-device', 'buslogic,help')
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertIn('buslogic options:', result.stdout)

    def test_arguments_arrive_unchanged(self):
        name = 'two  words, "quotes", $dollar and *'
        result = run(LAUNCHER, *QUIET, '-monitor', 'stdio', '-name',
                     name.replace(',', ',,'), stdin='info name\nquit\n')
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertIn('\n' + name, result.stdout.replace('\r', ''))

    def test_exit_status_of_a_bad_option(self):
        result = run(LAUNCHER, *QUIET, '-device', 'no-such-device')
        self.assertEqual(result.returncode, 1)
        self.assertIn("'no-such-device' is not a valid device", result.stderr)

    def test_exit_status_chosen_by_the_guest(self):
        result = run(LAUNCHER, '-machine', 'isapc', '-nodefaults', '-display',
                     'none', '-S', '-accel', 'tcg', '-qtest', 'stdio',
                     '-qtest-log', '/dev/null',
                     '-device', 'isa-debug-exit,iobase=0xf4',
                     stdin='outb 0xf4 0x15\n')
        self.assertEqual(result.returncode, 0x15 << 1 | 1)

    def test_signals_reach_qemu(self):
        with start() as process:
            program = os.readlink(f'/proc/{process.pid}/exe')
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(program, str(QEMU))
        self.assertEqual(process.returncode, 0)
        self.assertIn('terminating on signal 15', errors)

    def test_libvirt_can_probe_it(self):
        commands = ('qmp_capabilities', 'query-version', 'quit')
        device = {'execute': 'device-list-properties',
                  'arguments': {'typename': 'buslogic'}}
        stdin = ''.join(json.dumps({'execute': name}) for name in commands[:2])
        stdin += json.dumps(device) + json.dumps({'execute': commands[2]})
        result = run(LAUNCHER, '-S', '-no-user-config', '-nodefaults',
                     '-nographic', '-machine', 'none,accel=kvm:tcg',
                     '-sandbox', 'on,obsolete=deny,elevateprivileges=deny,'
                     'spawn=deny,resourcecontrol=deny',
                     '-qmp', 'stdio', stdin=stdin)
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        returned = [answer for answer in answers if 'return' in answer]
        self.assertEqual(result.returncode, 0)
        self.assertEqual(len(returned), 4, result.stdout)
        self.assertIn('romfile',
                      [prop['name'] for prop in returned[2]['return']])

    def test_starts_through_a_symbolic_link(self):
        link = self.folder / 'kvm'
        link.symlink_to(LAUNCHER)
        result = run(link, *QUIET, '-device', 'buslogic,help')
        self.assertEqual((result.returncode, result.stderr), (0, ''))

    def test_starts_where_it_was_installed(self):
        result = run('/usr/bin/meson', 'install', '-C', BUILD, '--no-rebuild',
                     DESTDIR=str(self.folder))
        self.assertEqual(result.returncode, 0, result.stderr)
        installed, = self.folder.rglob('bin/qemu-buslogic')
        result = run(installed, *QUIET, '-device', 'buslogic,help')
        self.assertEqual((result.returncode, result.stderr), (0, ''))

    def test_starts_the_qemu_of_the_environment(self):
        copy = self.folder / 'my qemu'
        shutil.copy(QEMU, copy)
        modules, = Path('/usr/lib').glob('*-linux-gnu*/qemu')
        with start(QEMU=str(copy), QEMU_MODULE_DIR=str(modules)) as process:
            program = os.readlink(f'/proc/{process.pid}/exe')
            process.terminate()
            _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(program, str(copy))
        self.assertIn('terminating on signal 15', errors)

    def test_lack_of_the_module_is_one_line(self):
        alone = self.folder / 'qemu-buslogic'
        shutil.copy(LAUNCHER, alone)
        self.assert_refused(run(alone, '--version'), 'hw-scsi-buslogic.so',
                            'run "make"')

    def test_lack_of_qemu_is_one_line(self):
        result = run(LAUNCHER, '--version', QEMU='/nonexistent/qemu')
        self.assert_refused(result, '/nonexistent/qemu: No such file',
                            'install')

    def test_launcher_that_is_to_start_itself_is_one_line(self):
        self.assert_refused(run(LAUNCHER, *QUIET, QEMU=LAUNCHER),
                            'which is not a QEMU')

    def test_copy_of_the_launcher_is_no_qemu(self):
        copy = self.folder / 'qemu'
        shutil.copy(LAUNCHER, copy)
        self.assert_refused(run(LAUNCHER, *QUIET, QEMU=copy), str(copy))

    def test_a_path_that_cannot_be_preloaded_is_one_line(self):
        folder = self.folder / 'with space'
        folder.mkdir()
        shutil.copy(LAUNCHER, folder)
        shutil.copy(MODULE, folder)
        self.assert_refused(run(folder / LAUNCHER.name, '--version'),
                            'with space', 'move it')


class PreloadTest(TestCase):
    """QEMU's child processes must be able to start."""

    def child_environment(self, **environment):
        output = self.folder / 'env'
        result = run(LAUNCHER, *QUIET, '-monitor', 'stdio',
                     stdin=f'migrate "exec:env >{output}; cat >/dev/null"\n'
                     'quit\n', **environment)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        lines = output.read_text(encoding='utf-8').splitlines()
        self.assertTrue([line for line in lines if line.startswith('PATH=')])
        return [line for line in lines if line.startswith('LD_PRELOAD=')]

    def test_children_get_no_preload(self):
        self.assertEqual(self.child_environment(LD_PRELOAD=None), [])

    def test_children_get_the_preload_of_the_user(self):
        self.assertEqual(self.child_environment(LD_PRELOAD=HARMLESS),
                         [f'LD_PRELOAD={HARMLESS}'])

    def test_qemu_gets_the_preload_of_the_user(self):
        result = run(LAUNCHER, *QUIET, '-device', 'buslogic,help',
                     LD_PRELOAD=HARMLESS)
        self.assertEqual((result.returncode, result.stderr), (0, ''))


class WrongQemuTest(TestCase):
    """A QEMU that the module was not built for is refused."""

    def test_launcher_refuses_another_build(self):
        other = self.folder / 'qemu-system-x86_64'
        with_other_build_id(other)
        result = run(LAUNCHER, *QUIET, QEMU=str(other))
        self.assert_refused(result, 'built for QEMU ', f'{other} is QEMU ',
                            'build 000000000000', '"make"')

    def test_launcher_refuses_another_program(self):
        result = run(LAUNCHER, '--version', QEMU='/bin/true')
        self.assert_refused(result, 'built for QEMU ', '/bin/true is ',
                            '"make"')

    def test_launcher_refuses_a_script(self):
        script = self.folder / 'qemu'
        script.write_text('#!/bin/sh\nexec qemu-system-x86_64 "$@"\n',
                          encoding='utf-8')
        script.chmod(0o755)
        result = run(LAUNCHER, '--version', QEMU=str(script))
        self.assert_refused(result, str(script), '"make"')

    def test_module_refuses_another_build(self):
        other = self.folder / 'qemu-system-x86_64'
        with_other_build_id(other)
        # env, because the preload is for QEMU alone
        result = run('env', f'LD_PRELOAD={MODULE}', other, *QUIET)
        self.assert_refused(result, 'built for QEMU ', f'{other} is QEMU ',
                            'build 000000000000', '"make"')

    @unittest.skipUnless(b'object_type_get_instance_size' in QEMU.read_bytes(),
                         'this QEMU does not tell the size of its types')
    def test_module_refuses_another_size(self):
        self.assert_refused(self.run_with('wrong-size.so'),
                            'the size of pci-device', '"make clean"')

    def test_module_refuses_another_offset(self):
        self.assert_refused(self.run_with('wrong-offset.so'),
                            'romfile of pci-device', '"make clean"')

    @staticmethod
    def run_with(module):
        return run('env', f'LD_PRELOAD={BUILD}/tests/module/{module}', QEMU,
                   *QUIET, '-monitor', 'stdio', stdin='quit\n')


class TraceTest(TestCase):
    def test_events_of_the_module_can_be_traced(self):
        result = run(LAUNCHER, '-machine', 'pc', '-nodefaults', '-display',
                     'none', '-S', '-accel', 'tcg', '-device', 'buslogic',
                     '-trace', 'buslogic_*', '-monitor', 'stdio',
                     stdin='system_reset\nquit\n')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('buslogic_', result.stderr)


if __name__ == '__main__':
    unittest.main()
