# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU with its QMP and the guest's first serial port as a conversation."""

import importlib
import re
import select
import shlex
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


class GuestError(AssertionError):
    """The guest did not do what it was told to do."""


class VirtualMachine:
    """A machine whose first serial port the host talks and listens to."""

    # A loaded host is slow, and a hang must still end the test.
    TIMEOUT = 180

    def __init__(self, folder, machine, args, binary=None):
        """`binary` is a QEMU to run instead of the usual one."""
        self.binary = str(binary or qemu_binary())
        qemu = _qemu_machine()
        self.vm_error = qemu.QEMUMachineError
        self.vm = qemu.QEMUMachine(self.binary, base_temp_dir=str(folder))
        self.vm.set_machine(machine)
        self.vm.set_console()
        self.args = ['-accel', 'tcg', '-nodefaults', *map(str, args)]
        self.vm.add_args(*self.args)
        self.machine = machine
        self._received = b''

    def command_line(self):
        """How a person would start the same."""
        return shlex.join([self.binary, '-M', self.machine,
                           '-display', 'none', '-vga', 'none',
                           '-serial', 'stdio', *self.args])

    def launch(self):
        """Start the machine."""
        try:
            self.vm.launch()
        except self.vm_error as error:
            raise GuestError(f'QEMU does not start: {error}') from None

    def qmp(self, command, arguments=None):
        """A QMP command that has to succeed; returns its result."""
        try:
            reply = self.vm.qmp(command, args_dict=arguments or {})
        except Exception as error:  # which ones depends on QEMU's version
            raise self._gone() from error
        if 'error' in reply:
            raise GuestError(f'QMP {command}: {reply["error"]["desc"]}')
        return reply['return']

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

    def send(self, data):
        """Bytes for the guest."""
        self.vm.console_socket.sendall(data)

    def until(self, pattern, timeout=TIMEOUT):
        """Read from the guest up to the pattern: (bytes before it, match)."""
        deadline = time.monotonic() + timeout
        while not (match := re.search(pattern, self._received)):
            self._receive(pattern, deadline - time.monotonic())
        before = self._received[:match.start()]
        self._received = self._received[match.end():]
        return before, match

    def log_tail(self):
        """For the message of a failure: what else is known of the guest."""
        return ''

    def _gone(self):
        """The error for a QEMU that does not answer, with its last words."""
        self.vm.shutdown(hard=True)
        return GuestError(f'QEMU has ended with {self.vm.exitcode()}: '
                          f'{self.vm.get_log()}')

    def _receive(self, pattern, timeout):
        console = self.vm.console_socket
        if not select.select([console], [], [], max(timeout, 0))[0]:
            raise GuestError(f'no {pattern!r} from the guest in time; it said '
                             f'{self._received[-500:]!r}\n{self.log_tail()}')
        data = console.recv(65536)
        if not data:
            raise self._gone()
        self._received += data
