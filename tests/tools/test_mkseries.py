# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/mkseries on a pretended QEMU source tree."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MKSERIES = TOP / 'tools/mkseries'

# What the program looks for in the files that it edits, and some of what is
# around that
TREE = {
    'VERSION': '10.2.50\n',
    'MAINTAINERS': 'megasas\nM: A <a@example.org>\n\n'
                   'Network packet abstractions\nM: B <b@example.org>\n',
    'docs/specs/index.rst': '   erst\n   vmw_pvscsi-spec\n   edu\n',
    'docs/system/device-emulation.rst': '   x\n   devices/can.rst\n',
    'hw/scsi/Kconfig': 'config ESP\n    bool\n',
    'hw/scsi/meson.build': "scsi_ss.add(when: 'CONFIG_ESP', if_true: x)\n"
                           "scsi_ss.add(when: 'CONFIG_ESP_PCI', if_true: y)\n",
    'hw/scsi/trace-events': '# esp.c\nesp_error(void) ""\n',
    'pc-bios/README': '- SeaBIOS\n',
    'pc-bios/meson.build': "blobs = [\n  'bios.bin',\n  'bios-256k.bin',\n]\n",
    'roms/Makefile': 'default help:\n\t@echo "  clean     -- delete"\n\n'
                     'hppa-firmware:\n\ttrue\n',
    'tests/qtest/fuzz/generic_fuzz_configs.h':
        'x predefined_configs[] = {\n    {\n'
        '        .name = "virtio-net-pci-slirp",\n    },{\n'
        '        .name = "parallel",\n    }\n};\n',
    'tests/qtest/meson.build':
        "slow_qtests = {\n  'cdrom-test' : 610,\n}\nqtests_i386 = \\\n"
        "  (config_all_devices.has_key('CONFIG_ESP_PCI') ? ['a'] : []) + \\\n"
        "qtests = {\n  'cdrom-test': files('boot-sector.c'),\n}\n",
}
SUBJECTS = ['hw/scsi: describe BusLogic adapters',
            'roms: add a boot ROM for BusLogic adapters',
            'hw/scsi: add BusLogic adapters',
            'tests/qtest: test BusLogic adapters',
            'docs/system: describe the use of BusLogic adapters',
            'MAINTAINERS: add BusLogic adapters']


class MkSeries(unittest.TestCase):
    """A tree, a ROM and a folder for the patches."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.tree, self.out = self.folder / 'qemu', self.folder / 'out'
        for name, text in TREE.items():
            self.put(name, text)
        self.rom = self.folder / 'a.rom'
        self.rom.write_bytes(bytes(range(256)) * 128)
        self.env = {**os.environ, 'HOME': folder.name,
                    'GIT_CONFIG_NOSYSTEM': '1'}
        self.git('config', '--global', 'user.name', 'Ann Author')
        self.git('config', '--global', 'user.email', 'ann@example.org')

    def put(self, name, text):
        """A file of the tree."""
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def git(self, *words):
        """Run git in the tree; returns what it prints."""
        return subprocess.run(['git', *words], cwd=self.tree, env=self.env,
                              check=True, capture_output=True,
                              text=True).stdout

    def make(self):
        """Run the program."""
        return subprocess.run(
            ['/usr/bin/python3', MKSERIES, '--rom', self.rom, self.tree,
             self.out], env=self.env, capture_output=True, text=True,
            check=False)

    def refuses(self, *words):
        """It fails with one line that has these words, and writes nothing."""
        done = self.make()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(list(self.out.glob('*.patch')), [])

    def applied(self):
        """The tree with the series."""
        done = self.make()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.git('init', '-q')
        self.git('add', '-A')
        self.git('commit', '-q', '-m', 'base')
        before = self.git('status', '--porcelain')
        self.git('am', '-q', *sorted(map(str, self.out.glob('*.patch'))))
        self.assertEqual(before, '')

    def test_series_applies_and_its_commits_are_in_order(self):
        self.applied()
        self.assertEqual(self.git('log', '--reverse', '--format=%s',
                                  'HEAD~6..').splitlines(), SUBJECTS)

    def test_sources_are_ours_and_the_rom_is_the_one_that_was_built(self):
        self.applied()
        for path in [*(TOP / 'hw/scsi').glob('buslogic*'),
                     TOP / 'roms/buslogic/legacy/boot.c',
                     TOP / 'docs/specs/buslogic.rst',
                     TOP / 'tests/qtest/buslogic-test.c']:
            name = path.relative_to(TOP)
            self.assertEqual((self.tree / name).read_bytes(),
                             path.read_bytes(), name)
        self.assertEqual((self.tree / 'pc-bios/buslogic.rom').read_bytes(),
                         self.rom.read_bytes())

    def test_every_source_is_built_once_the_commit_that_brings_it_is_there(
            self):
        self.applied()
        rules = (self.tree / 'hw/scsi/meson.build').read_text()
        for path in (TOP / 'hw/scsi').glob('buslogic*.c'):
            self.assertEqual(rules.count(f"'{path.name}'"), 1, path.name)
        self.assertNotIn('buslogic', self.git(
            'show', 'HEAD~4:hw/scsi/meson.build'))
        tests = (self.tree / 'tests/qtest/meson.build').read_text()
        for path in (self.tree / 'tests/qtest').glob('buslogic-*.c'):
            if path.name not in ('buslogic-test.c', 'buslogic-replay-test.c'):
                self.assertIn(f"'{path.name}'", tests)

    def test_device_can_be_left_out(self):
        self.applied()
        options = (self.tree / 'hw/scsi/Kconfig').read_text()
        for option in ('BUSLOGIC', 'BUSLOGIC_PCI', 'BUSLOGIC_ISA'):
            self.assertIn(f'config {option}\n', options)
            self.assertIn(f"'CONFIG_{option}'", (
                self.tree / 'hw/scsi/meson.build').read_text())

    def test_user_is_the_maintainer(self):
        self.applied()
        text = (self.tree / 'MAINTAINERS').read_text()
        self.assertIn('\nBusLogic\nM: Ann Author <ann@example.org>\n', text)

    def test_lists_have_one_line_more_where_it_belongs(self):
        self.applied()
        for name, line in (
                ('docs/specs/index.rst', '   buslogic\n   vmw_pvscsi-spec'),
                ('docs/system/device-emulation.rst',
                 '   devices/buslogic.rst\n   devices/can.rst'),
                ('pc-bios/meson.build', "  'bios-256k.bin',\n"
                 "  'buslogic.rom',\n"),
                ('tests/qtest/fuzz/generic_fuzz_configs.h',
                 '        .objects = "buslogic*",\n    },{\n'
                 '        .name = "virtio-net-pci-slirp",\n    },{\n'),
                ('roms/Makefile', '\nbuslogic:\n')):
            self.assertIn(line, (self.tree / name).read_text(), name)

    def test_missing_anchor_is_named(self):
        for name in ('MAINTAINERS', 'docs/specs/index.rst',
                     'docs/system/device-emulation.rst', 'hw/scsi/meson.build',
                     'pc-bios/meson.build', 'roms/Makefile',
                     'tests/qtest/fuzz/generic_fuzz_configs.h',
                     'tests/qtest/meson.build'):
            self.put(name, 'something else\n')
            self.refuses(name, 'no line begins with')
            self.put(name, TREE[name])

    def test_tree_that_has_the_device(self):
        self.put('hw/scsi/buslogic-regs.h', '')
        self.refuses('has hw/scsi/buslogic-regs.h already')

    def test_tree_with_changes_that_are_not_committed(self):
        self.git('init', '-q')
        self.git('add', '-A')
        self.git('commit', '-q', '-m', 'base')
        self.put('hw/scsi/Kconfig', 'config ESP\n    int\n')
        self.refuses('hw/scsi/Kconfig has changes that are not committed')
        self.git('commit', '-q', '-a', '-m', 'change')
        self.put('hw/scsi/another.c', '')
        self.assertEqual(self.make().returncode, 0)

    def test_tree_that_is_too_old(self):
        self.put('VERSION', '10.1.3\n')
        self.refuses('QEMU 10.1.3 is too old')

    def test_what_is_no_tree(self):
        (self.tree / 'VERSION').unlink()
        self.refuses('is no QEMU source tree')
        self.put('VERSION', 'x')
        self.refuses('is no QEMU source tree')
        self.put('VERSION', TREE['VERSION'])
        (self.tree / 'MAINTAINERS').unlink()
        self.refuses('is no QEMU source tree', 'MAINTAINERS')

    def test_folder_that_is_not_empty(self):
        self.out.mkdir()
        (self.out / 'a').touch()
        self.refuses('is not empty')

    def test_rom_that_is_missing(self):
        self.rom.unlink()
        self.refuses('a.rom is missing')

    def test_user_whom_git_does_not_know(self):
        self.git('config', '--global', '--unset', 'user.email')
        self.refuses('git does not know you', 'user.email')


if __name__ == '__main__':
    unittest.main()
