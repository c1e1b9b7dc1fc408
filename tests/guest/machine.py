# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest that obeys shell commands sent over its serial port."""

import importlib
import re
import select
import sys
import time

from guest.paths import BUILD, Missing, qemu_binary


def _qemu_machine():
    """QEMU's own python module, from the unpacked source package."""
    sys.path.append(str(BUILD / 'qemu/src/python'))
    try:
        return importlib.import_module('qemu.machine.machine')
    except ImportError as error:
        raise Missing("QEMU's python modules are missing: "
                      'run "make" first') from error


# What the driver does to an adapter that has lost a command, for example.
TRACED = ['buslogic_adapter_reset']


class GuestError(AssertionError):
    """The guest did not do what it was told to do."""


class Guest:
    """A virtual machine booted into the shared initramfs."""

    # A loaded host is slow, and a hang must still end the test.
    TIMEOUT = 180

    def __init__(self, kernel, initramfs, folder, machine='pc', args=()):
        self.log_path = folder / 'kernel.log'
        self.qemu_log_path = folder / 'qemu.log'
        qemu = _qemu_machine()
        self.vm_error = qemu.QEMUMachineError
        self.vm = qemu.QEMUMachine(str(qemu_binary()),
                                   base_temp_dir=str(folder))
        self.vm.set_machine(machine)
        self.vm.set_console()
        self.vm.add_args(
            '-accel', 'tcg', '-m', '256', '-nodefaults',
            '-serial', f'file:{self.log_path}',
            '-d', 'guest_errors', '-D', str(self.qemu_log_path),
            *[word for event in TRACED for word in ('-trace', event)],
            '-kernel', str(kernel.image), '-initrd', str(initramfs),
            '-append', 'console=ttyS1 scsi_mod.scan=sync hba=BusLogic',
            *args)
        self._commands = 0
        self._received = ''

    def launch(self):
        """Start the machine; see wait_ready()."""
        try:
            self.vm.launch()
        except self.vm_error as error:
            raise GuestError(f'QEMU does not start: {error}') from None

    def wait_ready(self):
        """Until /init has loaded the drivers; also after a reset."""
        self._until(r'@@ready\n', self.TIMEOUT)
        self.run('. /lib/lib.sh')

    def run(self, command, timeout=TIMEOUT):
        """Run shell commands; returns what they print, fails with them."""
        status, output = self.try_run(command, timeout)
        if status:
            raise GuestError(f'{command!r} exited with {status}: {output}'
                             f'\n{self._log_tail()}')
        return output

    def try_run(self, command, timeout=TIMEOUT):
        """Run shell commands; returns their exit status and output."""
        self._commands += 1
        mark = f'@@{self._commands}'
        line = f'{{ {command}\n}} </dev/null; echo "{mark}:$?"\n'
        self.vm.console_socket.sendall(line.encode())
        output, match = self._until(rf'{mark}:(\d+)\n', timeout)
        return int(match.group(1)), output.strip()

    def dmesg(self):
        """The kernel's messages since boot."""
        return self.run('dmesg')

    def qmp(self, command, arguments=None):
        """A QMP command that has to succeed; returns its result."""
        try:
            reply = self.vm.qmp(command, args_dict=arguments or {})
        except Exception as error:  # which ones depends on QEMU's version
            raise self._gone() from error
        if 'error' in reply:
            raise GuestError(f'QMP {command}: {reply["error"]["desc"]}')
        return reply['return']

    def requests(self):
        """How many requests the adapter has in flight at this moment."""
        return self.qmp('qom-get', {'path': '/machine/peripheral/hba',
                                    'property': 'requests'})

    def wait_stopped(self):
        """Until an I/O error has stopped the machine (werror=stop)."""
        if not self.vm.event_wait('STOP', timeout=self.TIMEOUT):
            raise GuestError('the machine has not stopped')

    def migrate(self, uri):
        """To the machine that waits for it there."""
        self.qmp('migrate', {'uri': uri})
        deadline = time.monotonic() + self.TIMEOUT
        while (status := self.qmp('query-migrate')['status']) != 'completed':
            if status == 'failed' or time.monotonic() > deadline:
                raise GuestError(f'migration: {status}')
            time.sleep(0.1)

    def shutdown(self):
        """End QEMU in an orderly way; fails when it does not end well."""
        self.vm.shutdown()
        if self.vm.exitcode():
            raise GuestError(f'QEMU exited with {self.vm.exitcode()}: '
                             f'{self.vm.get_log()}')

    def kill(self):
        """End QEMU if it still runs."""
        if self.vm.is_running():
            self.vm.shutdown(hard=True)

    def soft_resets(self):
        """How many requests were in flight at each soft reset.

        The driver makes these when a command has not come back in time.
        """
        found = re.findall(r'^buslogic_adapter_reset soft .* (\d+) requests',
                           self.qemu_log_path.read_text(), re.M)
        return [int(count) for count in found]

    def complaints(self):
        """What QEMU said, including misbehaviour of the guest's driver."""
        lines = self.qemu_log_path.read_text().splitlines()
        return (self.vm.get_log() or '').splitlines() + [
            line for line in lines if not line.startswith(tuple(TRACED))]

    def kernel_log(self):
        """All that the kernel has printed, over all boots."""
        return self.log_path.read_text(errors='replace')

    def _gone(self):
        """The error for a QEMU that does not answer, with its last words."""
        self.vm.shutdown(hard=True)
        return GuestError(f'QEMU has ended with {self.vm.exitcode()}: '
                          f'{self.vm.get_log()}')

    def _log_tail(self):
        lines = self.kernel_log().splitlines()[-25:]
        return '\n'.join(['last kernel messages:', *lines])

    def _until(self, pattern, timeout):
        """Read from the guest up to the pattern: (text before it, match)."""
        deadline = time.monotonic() + timeout
        while not (match := re.search(pattern, self._received)):
            self._receive(pattern, deadline - time.monotonic())
        before = self._received[:match.start()]
        self._received = self._received[match.end():]
        return before, match

    def _receive(self, pattern, timeout):
        console = self.vm.console_socket
        if not select.select([console], [], [], max(timeout, 0))[0]:
            raise GuestError(f'no {pattern!r} from the guest in time; it said '
                             f'{self._received[-500:]!r}\n{self._log_tail()}')
        data = console.recv(65536)
        if not data:
            raise self._gone()
        self._received += data.decode(errors='replace')
