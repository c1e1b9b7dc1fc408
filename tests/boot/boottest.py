# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that boot by their firmware, and what the tests have in common.

For the development of a test, BOOT_ADAPTER in the environment names another
SCSI adapter, one that the firmware knows: virtio-scsi-pci or lsi53c895a. Then
a test that fails has something wrong with its medium or its expectations.
"""

import contextlib
import os
import re
import select
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import probe                                            # noqa: E402
from guest.paths import BUILD                           # noqa: E402
from guest.vm import GuestError, VirtualMachine         # noqa: E402

ADAPTER = os.environ.get('BOOT_ADAPTER', 'buslogic')

only_buslogic = unittest.skipIf(ADAPTER != 'buslogic',
                                'about the adapter that is replaced')

# What SeaBIOS says when nothing is left to boot
NOTHING_LEFT = 'No bootable device'


def option(driver, **properties):
    """driver,name=value,..."""
    return ','.join([driver, *(f'{name}={value}'
                               for name, value in properties.items())])


class Machine(VirtualMachine):
    """A machine with SeaBIOS, unless it is given another firmware."""

    # Seconds; an idle host needs 1 for SeaBIOS and 4 for OVMF.
    TIMEOUT = 180

    def __init__(self, folder, machine='pc', memory=64, args=()):
        self.firmware_log_path = folder / 'firmware.log'
        super().__init__(folder, machine, [
            '-m', memory, '-no-user-config', '-net', 'none',
            '-chardev', f'file,id=firmware,path={self.firmware_log_path}',
            '-device', 'isa-debugcon,iobase=0x402,chardev=firmware', *args])
        self._drives = 0

    def add(self, *words):
        """More arguments for QEMU."""
        words = [str(word) for word in words]
        self.args += words
        self.vm.add_args(*words)

    def adapter(self, name='hba', **properties):
        """The adapter under test."""
        self.add('-device', option(ADAPTER, id=name, **properties))

    def drive(self, device, image, **properties):
        """A drive; `image` is a path, or options of a block device."""
        name, self._drives = f'drive{self._drives}', self._drives + 1
        if isinstance(image, Path):
            kind = 'qcow2' if image.suffix == '.qcow2' else 'raw'
            # Media that are made once serve several tests at a time.
            shared = ',snapshot=on' if BUILD in image.parents else ''
            image = f'format={kind},file={image}{shared}'
        self.add('-drive', f'if=none,id={name},cache=unsafe,{image}' if image
                 else f'if=none,id={name}')
        properties = {'id': f'device-{name}', **properties}
        self.add('-device', option(device, drive=name, **properties))
        return name

    def disk(self, image, target=0, **properties):
        """A disk behind the adapter."""
        return self.drive('scsi-hd', image, **{
            'bus': 'hba.0', 'scsi-id': target, **properties})

    def cd(self, image, target=6, **properties):
        """A CD-ROM drive behind the adapter; without a CD if '' is given."""
        return self.drive('scsi-cd', image, **{
            'bus': 'hba.0', 'scsi-id': target, **properties})

    def boot(self, before=None):
        """Start the machine; nothing that it says is lost.

        Before the processor runs, `before` is called.
        """
        self.add('-S')
        self.launch()
        self.vm.console_socket.setblocking(True)
        if before:
            before()
        self.qmp('cont')

    def expect(self, pattern, what='', timeout=None):
        """Wait until the guest says this; returns the match."""
        try:
            return self.until(pattern, timeout or self.TIMEOUT)[1]
        except GuestError as error:
            raise GuestError(f'{what}: {error}' if what else error) from None

    def probe(self, name=None):
        """The probe that says that it has booted from this medium.

        Without a name, from any.
        """
        found = self.expect(rb'\r\nprobe ([^\r\n]*) DL=(..) at (....)(....)\n')
        if name is not None and found[1] != name.encode():
            raise GuestError(f'booted {found[1].decode()}, not {name}\n'
                             + self.log_tail())
        drive, *entry = [int(digits, 16) for digits in found.groups()[1:]]
        return probe.Probe(self, found[1].decode(), drive, tuple(entry))

    def reset(self):
        """Reset the machine; what it said before is forgotten."""
        self.qmp('stop')
        while select.select([self.vm.console_socket], [], [], 0.1)[0]:
            self.vm.console_socket.recv(65536)
        self._received = b''
        self.qmp('system_reset')
        self.qmp('cont')

    def firmware_log(self):
        """What the firmware has written to its debug port."""
        return self.firmware_log_path.read_text(errors='replace')

    def expect_firmware(self, pattern, timeout=None):
        """Wait until it is in the firmware's log; returns the match."""
        deadline = time.monotonic() + (timeout or self.TIMEOUT)
        while not (found := re.search(pattern, self.firmware_log())):
            if time.monotonic() > deadline:
                raise GuestError(f'no {pattern!r} from the firmware in time\n'
                                 + self.log_tail())
            if not self.vm.is_running():
                raise self._gone()
            time.sleep(0.05)
        return found

    def log_tail(self):
        """Everything that helps to understand what has happened."""
        state = ''
        if self.vm.is_running():
            # It may end while it is asked.
            with contextlib.suppress(GuestError):
                state = self.monitor('info registers').split('\r\nDS')[0]
        firmware = [line for line in self.firmware_log().splitlines()
                    if not line.startswith('Searching bios-geometry')][-40:]
        return '\n'.join([self.command_line(), state,
                          'the end of the log of the firmware:', *firmware])

    def monitor(self, command):
        """A command for a person, and what it prints."""
        return self.qmp('human-monitor-command', {'command-line': command})

    def press(self, *keys):
        """Press and release each of the keys."""
        for key in keys:
            self.qmp('send-key', {'keys': [{'type': 'qcode', 'data': key}]})


class BootTest(unittest.TestCase):
    """Machines end with their test, and explain themselves when it fails."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='buslogic-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.machines = []

    def machine(self, *args, kind=Machine, **options):
        """A machine to be given drives and then booted."""
        folder = self.folder / f'machine{len(self.machines)}'
        folder.mkdir()
        machine = kind(folder, *args, **options)
        self.machines.append(machine)
        self.addCleanup(machine.kill)
        return machine

    def _formatMessage(self, msg, standardMsg):
        logs = [machine.log_tail() for machine in self.machines
                if machine.vm.is_running()]
        return '\n'.join([super()._formatMessage(msg, standardMsg), *logs])
