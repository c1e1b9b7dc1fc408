# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's log of a machine: traced events, and what a driver does wrong."""

import re


class QemuLog:
    """For a VirtualMachine, which has the options that this returns."""

    def log_to(self, path, events):
        """The options for a log with these events of the device."""
        self.qemu_log_path = path
        return ['-d', 'guest_errors', '-D', path,
                *[word for event in events for word in ('-trace', event)]]

    def traced(self, event):
        """The lines that begin with an event and, maybe, what it says."""
        return [line for line in self._lines()
                if f'{line} '.startswith(f'{event} ')]

    def complaints(self):
        """What QEMU said, including misbehaviour of the guest's driver."""
        return (self.vm.get_log() or '').splitlines() + [
            line for line in self._lines()
            if not re.match(r'buslogic_\w+ ', line)]

    def _lines(self):
        return self.qemu_log_path.read_text().splitlines()
