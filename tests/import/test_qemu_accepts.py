# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU starts all machines of the gallery, libvirt and shells accept them."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from gallery import MACHINES
from machines import TOOLS, Image
sys.path.append(str(TOOLS.parent / 'tests'))
# pylint: disable=wrong-import-position
from guest.paths import qemu_binary, tool  # noqa: E402
from buslogic_import.mapping import map_machine  # noqa: E402
from buslogic_import.mapping.choices import Choices  # noqa: E402
from buslogic_import.output.libvirt import machine_xml  # noqa: E402
from buslogic_import.output.script import script  # noqa: E402

QMP = ''.join(json.dumps({'execute': command}) for command in
              ['qmp_capabilities', 'query-status', 'query-block', 'quit'])
# What QEMU says of a card that the source has without a network
TOLERATED = 'has no peer'


class Accepted(unittest.TestCase):
    """A folder with a machine in it"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-import-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def context(self, name):
        """What is mapped, on images that are there and ports that are free."""
        source, images = MACHINES[name](), {}
        for forwarding in (item for nic in source.nics
                           for item in nic.forwardings):
            forwarding.host_port = 0
        for port in source.serials:
            port.path = '0' if port.mode == 'TCP' else port.path
        for drive in (drive for controller in source.controllers
                      for drive in controller.attachments if drive.medium):
            image = self.folder / f'image{len(images)}'
            image.write_bytes(bytes(1440 << 10))
            images[id(drive.medium)] = Image(image.name, 'raw')
        return map_machine(source, images, Choices(),
                           is_host_device=lambda path: False)

    def start(self, name):
        """QEMU starts, finds all drives, and says nothing."""
        context = self.context(name)
        run = self.folder / 'run'
        run.write_text(script(context, qemu_binary()), encoding='utf-8')
        run.chmod(0o755)
        done = subprocess.run(
            [run, '-S', '-qmp', 'stdio'], input=QMP, text=True,
            capture_output=True, timeout=300, check=False,
            env={**os.environ, 'ACCEL': 'tcg', 'SCREEN': 'none',
                 'QEMU': str(qemu_binary())})
        complaints = [line for line in done.stderr.splitlines()
                      if TOLERATED not in line]
        self.assertEqual((done.returncode, complaints), (0, []))
        replies = [json.loads(line) for line in done.stdout.splitlines()]
        drives = [reply['return'] for reply in replies
                  if isinstance(reply.get('return'), list)]
        self.assertGreaterEqual(
            len(drives[0]), len(context.images), done.stdout)

    def test_everything(self):
        self.start('everything')

    def test_windows_nt(self):
        self.start('windows-nt')

    def test_linux_uefi(self):
        self.start('linux-uefi')

    def test_small_uefi(self):
        self.start('small-uefi')

    def test_vmware(self):
        self.start('vmware')

    def test_two_isa_boards(self):
        self.start('two-isa-boards')

    def test_all_machines_have_been_started(self):
        started = {name.removeprefix('test_').replace('_', '-')
                   for name in dir(self) if name.startswith('test_')}
        self.assertLessEqual(set(MACHINES), started)

    def test_libvirt_accepts_them(self):
        for name in MACHINES:
            with self.subTest(name):
                path = self.folder / f'{name}.xml'
                path.write_text(machine_xml(
                    self.context(name), qemu_binary(), self.folder))
                done = subprocess.run(
                    [tool('virt-xml-validate', 'libvirt-clients'), path,
                     'domain'], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_shellcheck_accepts_them(self):
        for name in MACHINES:
            with self.subTest(name):
                done = subprocess.run(
                    [tool('shellcheck', 'shellcheck'), '-s', 'sh', '-'],
                    input=script(self.context(name), qemu_binary()),
                    text=True, capture_output=True, check=False)
                self.assertEqual(done.stdout, '')


if __name__ == '__main__':
    unittest.main()
