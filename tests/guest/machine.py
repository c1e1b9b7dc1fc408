# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest that obeys shell commands sent over its serial port."""

import re
import time

from guest.qemu_log import QemuLog
from guest.shell import GuestShell
from guest.vm import GuestError, VirtualMachine

# What the driver does to an adapter that has lost a command, for example.
TRACED = ('buslogic_adapter_reset', 'buslogic_bus_reset')


class Guest(GuestShell, QemuLog, VirtualMachine):
    """A virtual machine booted into the shared initramfs."""

    def __init__(self, files, folder, machine='pc', args=(), append=''):
        """A machine that boots `files`, a kernel and its initramfs.

        `append` tells /init which adapters' drivers to load (hba=), and has
        whatever else the kernel has to know.
        """
        kernel, initramfs = files
        self.log_path = folder / 'kernel.log'
        super().__init__(folder, machine, [
            '-m', '256',
            '-serial', f'file:{self.log_path}',
            *self.log_to(folder / 'qemu.log', TRACED),
            '-kernel', str(kernel.image), '-initrd', str(initramfs),
            '-append', f'console=ttyS1 scsi_mod.scan=sync {append}',
            *args])

    def dmesg(self):
        """The kernel's messages since boot."""
        return self.run('dmesg')

    def adapter_state(self, name):
        """One of the read-only properties of the first adapter."""
        return self.qmp('qom-get', {'path': '/machine/peripheral/hba',
                                    'property': name})

    def requests(self):
        """How many requests the adapter has in flight at this moment."""
        return self.adapter_state('requests')

    def wait_hanging(self, count):
        """Until so many requests are in flight and none has ended for 1 s."""
        deadline = time.monotonic() + self.TIMEOUT
        before = None
        while before != (now := self.adapter_state('stat-completions')):
            if time.monotonic() > deadline:
                raise GuestError(f'not {count} requests hang')
            before = now if self.requests() == count else None
            time.sleep(1)

    def wait_stopped(self):
        """Until an I/O error has stopped the machine (werror=stop)."""
        if not self.vm.event_wait('STOP', timeout=self.TIMEOUT):
            raise GuestError('the machine has not stopped')

    def wait_running(self):
        """Until a machine that has arrived from elsewhere can listen."""
        deadline = time.monotonic() + self.TIMEOUT
        while not self.qmp('query-status')['running']:
            if time.monotonic() > deadline:
                raise GuestError('the machine does not run')
            time.sleep(0.05)

    def migrate(self, uri):
        """To the machine that waits for it there."""
        self.qmp('migrate', {'uri': uri})
        deadline = time.monotonic() + self.TIMEOUT
        while (status := self.qmp('query-migrate')['status']) != 'completed':
            if status == 'failed' or time.monotonic() > deadline:
                raise GuestError(f'migration: {status}')
            time.sleep(0.1)

    def resets(self, kind='soft reset'):
        """How many requests were in flight at each reset of this kind.

        The others are "hard reset" and "SCSI bus reset". The driver makes
        these when a command has not come back in time.
        """
        found = re.findall(rf'^buslogic_\w+ {kind} with (\d+) requests',
                           self.qemu_log_path.read_text(), re.M)
        return [int(count) for count in found]

    def kernel_log(self):
        """All that the kernel has printed, over all boots."""
        return self.log_path.read_text(errors='replace')

    def log_tail(self):
        """The last kernel messages."""
        lines = self.kernel_log().splitlines()[-25:]
        return '\n'.join(['last kernel messages:', *lines])
