# SPDX-License-Identifier: GPL-2.0-or-later
"""GNU Mach, whose drivers for SCSI adapters are those of Linux 2.0.

It finds adapters, disks and partitions, and then panics because nobody gave
it a program to start.
"""

import gzip
import re

from guest.debian import Package, unpacked
from guest.qemu_log import QemuLog
from guest.vm import VirtualMachine

# Those of Debian 12 and 13
BOOKWORM = Package('gnumach-image-1.8-486', 'bookworm', 'i386')
TRIXIE = Package('gnumach-image-1.8-486-up', 'trixie', 'i386')

# What the driver does to recover a lost command, and to the ISA ports
TRACED = ('buslogic_ccb_abort', 'buslogic_bus_device_reset',
          'buslogic_adapter_reset', 'buslogic_isa_port')

# The last thing that it does
END = rb'panic .*No bootstrap code loaded'


def kernel_image(package):
    """The contents of the kernel, which QEMU takes uncompressed only."""
    compressed = next(unpacked(package).glob('boot/gnumach-*.gz'))
    return gzip.decompress(compressed.read_bytes())


class Mach(QemuLog, VirtualMachine):
    """A machine booted into GNU Mach, whose console is the serial port."""

    def __init__(self, package, folder, machine='pc', args=()):
        image = folder / 'gnumach'
        image.write_bytes(kernel_image(package))
        self.said = ''
        # The kernel for i486 has troubles with the 486 of -M isapc.
        super().__init__(folder, machine, [
            '-cpu', 'qemu32', '-m', '64', '-no-reboot', '-kernel', image,
            '-append', 'console=com0',
            *self.log_to(folder / 'qemu.log', TRACED),
            *args])

    def wait_for(self, pattern):
        """Until the kernel prints this; `said` has all that it printed."""
        before, match = self.until(pattern)
        text = (before + match.group()).decode(errors='replace')
        self.said += re.sub(r'\r|\x1b\[K', '', text)

    def complaints(self):
        """Without what QEMU says of every such kernel."""
        return [line for line in super().complaints()
                if 'multiboot knows VBE' not in line]

    def log_tail(self):
        """The last that was read before."""
        return '\n'.join(['last messages:', *self.said.splitlines()[-25:]])
