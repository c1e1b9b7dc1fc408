# SPDX-License-Identifier: GPL-2.0-or-later
"""The domain in the user's page, under a libvirtd of our own.

The daemon runs as an ordinary user's does (qemu:///session), with all that it
writes in a scratch folder. For root there is a namespace in which libvirtd
takes it for such a user: nothing of the system's libvirt is touched.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / 'tests'), str(TOP / 'tests/boot')]

from guest.paths import call, qemu_binary, tool  # noqa: E402
from probe import boot_sector  # noqa: E402

PAGE = TOP / 'docs/system/devices/buslogic.rst'
TIMEOUT = 240                   # seconds for whatever is waited for
DISK_SIZE = 8 << 20
NAME = 'old-server'             # of the domain in the page


def documented_domain():
    """The XML in the page."""
    match = re.search(r'^( +)<domain .*?^\1</domain>\n',
                      PAGE.read_text(encoding='utf-8'), re.M | re.S)
    return re.sub(f'^{match[1]}', '', match[0], flags=re.M)


class Daemon:
    """libvirtd in a folder."""

    def __init__(self, folder):
        self.folder = folder
        runtime = folder / 'run'
        runtime.mkdir(mode=0o700)
        self.prefix = []
        if os.geteuid() == 0:
            self.prefix = [tool('unshare', 'util-linux'), '--user',
                           '--map-user=1000', '--map-group=1000']
        self.env = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C',
                    'HOME': str(folder), 'XDG_RUNTIME_DIR': str(runtime)}
        with open(folder / 'libvirtd.log', 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                [*self.prefix, tool('libvirtd', 'libvirt-daemon'),
                 '--timeout', str(TIMEOUT)],
                env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: (runtime / 'libvirt/libvirt-sock').exists(), self.log)

    def log(self):
        return (self.folder / 'libvirtd.log').read_text(encoding='utf-8')

    def virsh(self, *words):
        """Run a command of virsh."""
        return subprocess.run(
            [*self.prefix, tool('virsh', 'libvirt-clients'), '-q', '-c',
             'qemu:///session', *map(str, words)], env=self.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=TIMEOUT, check=False)

    def stop(self):
        self.process.terminate()
        self.process.wait(TIMEOUT)


def wait_for(condition, why):
    """Until it is true; why() tells what is known when it never is."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'nothing after {TIMEOUT} s: {why()}')
        time.sleep(0.2)


class Libvirt(unittest.TestCase):
    """A daemon, and a disk with a boot sector that says who it is."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.daemon = Daemon(self.folder)
        self.addCleanup(self.daemon.stop)
        self.raw = self.folder / 'disk.raw'
        self.raw.write_bytes(boot_sector('behind buslogic'))
        os.truncate(self.raw, DISK_SIZE)
        self.serial = self.folder / 'serial.log'

    def define(self, *changes, image='vdi'):
        """The documented domain with our paths, and other changes.

        Its disk is an image of that format.
        """
        disk = self.folder / f'disk.{image}'
        call(tool('qemu-img', 'qemu-utils'), 'convert', '-O', image, self.raw,
             disk)
        text = documented_domain()
        for old, new in (('/usr/local/bin/qemu-buslogic', qemu_binary()),
                         ('/vm/disk.vdi', disk),
                         ('/vm/serial.log', self.serial), *changes):
            self.assertEqual(text.count(old), 1, old)
            text = text.replace(old, str(new))
        path = self.folder / 'domain.xml'
        path.write_text(text, encoding='utf-8')
        self.works('define', '--validate', path)

    def works(self, *words):
        """A command of virsh that has to succeed; returns what it says."""
        done = self.daemon.virsh(*words)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def start(self):
        self.works('start', NAME)
        self.addCleanup(self.daemon.virsh, 'destroy', NAME)

    def test_documented_domain_boots_from_the_disk(self):
        self.define()
        self.start()
        wait_for(lambda: 'behind buslogic' in self.serial.read_text('latin-1'),
                 lambda: self.works('domstate', NAME))
        self.assertIn('running', self.works('domstate', NAME))

    def test_domain_can_be_saved_and_restored(self):
        self.define(image='qcow2')
        self.start()
        image = self.folder / 'saved'
        self.works('save', NAME, image)
        self.assertIn('shut off', self.works('domstate', NAME))
        self.works('restore', image)
        self.assertIn('running', self.works('domstate', NAME))
        tree = self.works('qemu-monitor-command', NAME, '--hmp', 'info qtree')
        self.assertIn('dev: buslogic, id "scsi"', tree)

    def test_what_the_adapter_refuses_is_told_by_libvirt(self):
        self.define(('scsi-hd,bus=scsi.0,', 'scsi-hd,bus=scsi.0,scsi-id=7,'))
        done = self.daemon.virsh('start', NAME)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('SCSI ID 7', done.stdout)


if __name__ == '__main__':
    unittest.main()
