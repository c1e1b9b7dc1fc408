# SPDX-License-Identifier: GPL-2.0-or-later
"""Shell commands for a guest with the init of these tests."""

from guest.vm import GuestError


class GuestShell:
    """What a VirtualMachine can do once that init runs in it."""

    _commands = 0

    def wait_ready(self):
        """Until /init has loaded the drivers; also after a reset."""
        self.until(rb'@@ready\n', self.TIMEOUT)
        self.run('. /lib/lib.sh')

    def run(self, command, timeout=None):
        """Run shell commands; returns what they print, fails with them."""
        status, output = self.try_run(command, timeout)
        if status:
            raise GuestError(f'{command!r} exited with {status}: {output}'
                             f'\n{self.log_tail()}')
        return output

    def try_run(self, command, timeout=None):
        """Run shell commands; returns their exit status and output."""
        self._commands += 1
        mark = f'@@{self._commands}'
        line = f'{{ {command}\n}} </dev/null; echo "{mark}:$?"\n'
        self.send(line.encode())
        output, match = self.until(rf'{mark}:(\d+)\n'.encode(),
                                   timeout or self.TIMEOUT)
        return int(match.group(1)), output.decode(errors='replace').strip()
