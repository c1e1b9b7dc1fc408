# SPDX-License-Identifier: GPL-2.0-or-later
"""The command, from a machine folder of VirtualBox to the result."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from machines import TOOLS
sys.path.append(str(TOOLS.parent / 'tests'))
# pylint: disable=wrong-import-position
from guest.paths import BUILD, call, qemu_binary, tool  # noqa: E402
from guest.virtualbox import MachineFolder  # noqa: E402
from buslogic_import.cli import parser  # noqa: E402

COMMAND = TOOLS / 'buslogic-import'
ROOT = TOOLS.parent


def long_options():
    """All that the parser knows."""
    return {word for action in parser()._actions
            for word in action.option_strings if word.startswith('--')}


class CommandTest(unittest.TestCase):
    """A folder to work in, with a machine in another one"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-import-')
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name).resolve() / 'here'
        self.source = self.place.parent / 'VirtualBox VMs'
        self.place.mkdir()
        self.source.mkdir()

    def machine(self, name='Old Server', **settings):
        """The settings of a machine with a small disk."""
        image = self.source / 'disk.vdi'
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f', 'vdi',
             image, '8M')
        return MachineFolder(self.source, name, disks={0: [image]},
                             **settings).write()

    def run_command(self, *words, status=0, command=COMMAND):
        """Output and errors; the exit status has to be that one."""
        done = subprocess.run([command, *words], cwd=self.place, text=True,
                              capture_output=True, timeout=300, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn('Traceback', done.stderr)
        return done.stdout, done.stderr

    def written(self):
        """All files and folders in the place."""
        return sorted(str(path.relative_to(self.place))
                      for path in self.place.rglob('*'))

    def refuses(self, pattern, *words, status=1):
        """One line, and nothing is written."""
        before = self.written()
        output, errors = self.run_command(*words, status=status)
        self.assertRegex(errors, f'^buslogic-import: .*{pattern}')
        self.assertEqual(errors.count('\n'), 1)
        self.assertEqual(output, '')
        self.assertEqual(self.written(), before)


class Results(CommandTest):
    """What comes out"""

    def test_a_folder_with_the_name_of_the_machine(self):
        output, errors = self.run_command(self.machine())
        self.assertEqual(errors, '')
        self.assertEqual(self.written(), [
            'Old Server', 'Old Server/disk0.qcow2', 'Old Server/machine.xml',
            'Old Server/report.txt', 'Old Server/run'])
        self.assertRegex(output, r"Start it: +'\./Old Server/run'")

    def start(self, folder='Old Server'):
        """QEMU starts, and writes to the disk."""
        done = subprocess.run(
            [self.place / folder / 'run', '-S', '-qmp', 'stdio'],
            env={**os.environ, 'QEMU': str(qemu_binary()), 'ACCEL': 'tcg',
                 'SCREEN': 'none'}, input='{"execute": "qmp_capabilities"}'
            '{"execute": "human-monitor-command", "arguments": {'
            '"command-line": "qemu-io disk0 \\"write -P 7 0 64k\\""}}'
            '{"execute": "quit"}', capture_output=True, text=True, timeout=300,
            check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('wrote 65536/65536', done.stdout)

    def test_it_starts_and_the_original_is_not_touched(self):
        self.run_command(self.machine())
        image = self.source / 'disk.vdi'
        before = hashlib.sha256(image.read_bytes()).digest()
        self.start()
        self.assertEqual(hashlib.sha256(image.read_bytes()).digest(), before)

    def test_it_starts_from_hostile_paths(self):
        for number, words in enumerate([[], ['--convert'], ['--in-place']]):
            self.source = self.place / f'{number} a,b,,c \'d"e $(touch x)\n:f'
            self.source.mkdir()
            folder = f'{number} result, "it\'s"; $(touch x)'
            with self.subTest(words):
                self.run_command('-q', '-o', folder, *words, self.machine())
                self.start(folder)
                self.assertEqual(list(self.place.rglob('x')), [])

    def test_it_finds_qemu_beside_the_build(self):
        self.run_command(self.machine())
        text = (self.place / 'Old Server/run').read_text(encoding='utf-8')
        self.assertIn(f'qemu={BUILD}/qemu-buslogic ;;', text)

    def test_the_report_is_complete(self):
        self.run_command(self.machine())
        output, _ = self.run_command('-n', self.machine())
        report = (self.place / 'Old Server/report.txt').read_text(
            encoding='utf-8')
        names = re.compile(r'[0-9a-f-]{36}|-?[0-9a-f]{8}\b')
        self.assertEqual(names.sub('', output), names.sub('', report))
        self.assertIn('controller "SCSI": BusLogic, 16 ports', report)

    def test_a_folder_to_be_chosen(self):
        self.run_command('-o', 'some', self.machine())
        self.assertTrue((self.place / 'some/run').exists())

    def test_quiet(self):
        self.assertEqual(self.run_command('-q', self.machine()), ('', ''))

    def test_names_that_are_no_file_names(self):
        self.run_command('-q', self.machine('x'))
        settings = self.machine('y')
        settings.write_text(settings.read_text(encoding='utf-8').replace(
            'name="y"', 'name="../../&quot;$(reboot)&#10;"'),
            encoding='utf-8')
        self.run_command('-q', settings)
        self.assertIn('machine.._.._"$(reboot)_', self.written())
        self.assertEqual(sorted(path.name for path
                                in self.place.parent.iterdir()),
                         ['VirtualBox VMs', 'here'])

    def test_convert(self):
        self.run_command('--convert', self.machine())
        (self.source / 'disk.vdi').unlink()
        call(tool('qemu-img', 'qemu-utils'), 'check',
             self.place / 'Old Server/disk0.qcow2')

    def test_cd_that_is_missing_leaves_an_empty_drive(self):
        settings = self.source / 'old.vmx'
        settings.write_text(
            'displayName = "Old Server"\nide1:0.present = "TRUE"\n'
            'ide1:0.deviceType = "cdrom-image"\n'
            'ide1:0.fileName = "C:\\\\VMware\\\\linux.iso"\n')
        self.run_command(settings)
        report = (self.place / 'Old Server/report.txt').read_text('utf-8')
        self.assertIn('the file is missing: the drive is empty', report)
        script = (self.place / 'Old Server/run').read_text('utf-8')
        self.assertIn('ide-cd', script)
        self.assertNotIn('linux.iso', script)

    def test_in_place(self):
        self.run_command('--in-place', self.machine())
        self.assertNotIn('Old Server/disk0.qcow2', self.written())
        self.assertIn(str(self.source / 'disk.vdi'),
                      (self.place / 'Old Server/run').read_text('utf-8'))


class Refusals(CommandTest):
    """Nothing is written unless all is well"""

    def test_report_only(self):
        self.run_command('-n', self.machine())
        self.assertEqual(self.written(), [])

    def test_strict(self):
        output, errors = self.run_command('--strict', self.machine(), status=3)
        self.assertRegex(errors, '(?m)^approximated  graphics card: VBoxVGA')
        self.assertRegex(errors, '--strict refuses 1 change\n$')
        self.assertEqual((output, self.written()), ('', []))

    def test_strict_with_a_machine_that_stays_the_same(self):
        self.run_command('--strict', self.machine(display='VMSVGA'))
        self.assertTrue((self.place / 'Old Server/run').exists())

    def test_controllers_that_qemu_does_not_have(self):
        settings = self.machine(controller='LsiLogic')
        self.refuses('QEMU has no LsiLogic; --replace LsiLogic=BusLogic for',
                     settings)
        self.run_command('--replace', 'lsilogic=buslogic', settings)
        self.assertIn('-device buslogic,',
                      (self.place / 'Old Server/run').read_text('utf-8'))

    def test_what_is_there_already(self):
        settings = self.machine()
        self.run_command('-q', settings)
        self.refuses('is there already; --force replaces it', settings)
        self.run_command('-q', '--force', settings)

    def vmx(self, *files):
        """A machine of VMware with these disks."""
        path = self.source / 'vm.vmx'
        path.write_text('displayName = "vm"\nscsi0.present = "TRUE"\n'
                        'scsi0.virtualDev = "buslogic"\n' + ''.join(
                            f'scsi0:{number}.present = "TRUE"\n'
                            f'scsi0:{number}.fileName = "{file}"\n'
                            for number, file in enumerate(files)), 'utf-8')
        call(tool('qemu-img', 'qemu-utils'), 'create', '-q', '-f', 'vmdk',
             self.source / 'disk.vmdk', '8M')
        return path

    def test_one_image_for_two_drives_is_refused(self):
        self.refuses('disk.vmdk: is the disk of two drives', self.vmx(
            'disk.vmdk', 'disk.vmdk'))
        # The second one is missing; its namesake must not take its place.
        self.refuses('disk.vmdk: is the disk of two drives', self.vmx(
            'disk.vmdk', '/not/there/disk.vmdk'))

    def test_disk_that_was_moved_is_in_the_report(self):
        self.run_command('-q', self.vmx('/not/there/disk.vmdk'))
        report = (self.place / 'vm/report.txt').read_text('utf-8')
        self.assertRegex(report, r'scsi0:0\.fileName: /not/there/disk\.vmdk')
        self.assertIn('is not there; the file of that name beside the',
                      ' '.join(report.split()))

    def test_pipes_and_folders_are_no_machines(self):
        for suffix in ('vmx', 'vbox', 'ovf', 'ova'):
            pipe = self.source / f'pipe.{suffix}'
            os.mkfifo(pipe)
            self.refuses(f'pipe.{suffix}: is no ordinary file', pipe)
            folder = self.source / f'folder.{suffix}'
            folder.mkdir()
            self.refuses(f'folder.{suffix}: is no ordinary file', folder)

    def test_force_never_deletes_what_is_being_imported(self):
        settings = self.machine()
        self.run_command('-q', settings)
        folder = self.place / 'Old Server'
        inside = folder / 'machine'
        self.source.rename(inside)
        self.refuses('has machine, which no import has made', '--force',
                     inside / settings.name)
        self.assertTrue((inside / 'disk.vdi').exists())

    def test_force_never_deletes_a_disk_that_is_in_use(self):
        settings = self.machine()
        self.run_command('-q', '--convert', settings)
        disk = self.place / 'Old Server/disk0.qcow2'
        text = settings.read_text('utf-8').replace('format="VDI"',
                                                   'format="QCOW2"')
        (self.source / 'disk.vdi').unlink()
        (self.source / 'disk.vdi').symlink_to(disk)
        settings.write_text(text, 'utf-8')
        self.refuses('is in .*Old Server, which --force would delete',
                     '--force', settings)
        self.assertTrue(disk.exists())

    def test_missing_files(self):
        self.refuses('nowhere.vbox: No such file', 'nowhere.vbox')
        settings = self.machine()
        (self.source / 'disk.vdi').unlink()
        self.refuses('disk.vdi', settings)

    def test_a_place_that_is_not_there(self):
        self.refuses('is no directory', '-o', 'not/there', self.machine())

    def test_wrong_usage(self):
        for words in ([], ['--replace', 'x', 'y'], ['--frobnicate', 'x'],
                      ['--convert', '--in-place', 'x']):
            _, errors = self.run_command(*words, status=2)
            self.assertIn('usage: buslogic-import', errors)

    def test_a_bridge_of_the_host(self):
        settings = self.machine()
        settings.write_text(settings.read_text(encoding='utf-8').replace(
            '<NAT/>', '<BridgedInterface name="eth0"/>'), encoding='utf-8')
        self.run_command('-q', '--bridge', 'br7', settings)
        self.assertIn('bridge,id=net0,br=br7', (
            self.place / 'Old Server/run').read_text(encoding='utf-8'))


class Help(CommandTest):
    """What it says of itself"""

    def test_the_version_is_that_of_the_project(self):
        wanted = re.search("version: '([^']+)'",
                           (ROOT / 'meson.build').read_text('utf-8'))[1]
        output, _ = self.run_command('--version')
        self.assertEqual(output, f'buslogic-import {wanted}\n')

    def test_all_options_are_told_of(self):
        help_text, _ = self.run_command('--help')
        manual = (ROOT / 'docs/buslogic-import.rst').read_text('utf-8')
        completion = (ROOT / 'tools/bash-completion/buslogic-import'
                      ).read_text('utf-8')
        for option in long_options():
            for text in (help_text, manual, completion):
                self.assertRegex(text, rf'{option}\b')

    def test_completion(self):
        for words, wanted in [
                (['--conv'], ['--convert']),
                (['--replace', 'Lsi'], ['LsiLogic=', 'LsiLogicSas=']),
                (['-o', 'a'], ['a folder']),
                (['a'], ['a folder', 'a.ova', 'a.vbox'])]:
            for name in ('a.vbox', 'a.ova', 'a.txt'):
                (self.place / name).touch()
            (self.place / 'a folder').mkdir(exist_ok=True)
            line = ' '.join(f'"{word}"' for word in ['x', *words])
            done = subprocess.run(
                ['bash', '-c', f'. "{ROOT}/tools/bash-completion/'
                 'buslogic-import"; compopt() { :; }; '
                 f'COMP_WORDS=({line}); COMP_CWORD={len(words)}; '
                 '_buslogic_import; printf "%s\\n" "${COMPREPLY[@]}"'],
                cwd=self.place, capture_output=True, text=True, check=True)
            self.assertEqual(sorted(done.stdout.splitlines()), wanted)


class Installed(CommandTest):
    """After make install"""

    def test_it_runs_and_has_its_page(self):
        root = self.place / 'root'
        call('/usr/bin/meson', 'install', '-C', BUILD, '--no-rebuild',
             '--destdir', root)
        command, = root.rglob('bin/buslogic-import')
        self.run_command('-q', self.machine(), command=command)
        text = (self.place / 'Old Server/run').read_text(encoding='utf-8')
        self.assertIn(f'qemu={command.parent}/qemu-buslogic ;;', text)
        output, _ = self.run_command('--version', command=command)
        self.assertRegex(output, r'^buslogic-import \d')
        for name in ('buslogic-import.1', 'completions/buslogic-import'):
            self.assertTrue(list(root.rglob(name)), name)
        self.assertEqual(list(root.rglob('*.pyc')), [])


if __name__ == '__main__':
    unittest.main()
