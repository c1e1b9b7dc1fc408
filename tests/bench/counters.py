# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts that go with a measurement."""

import os
import re
from pathlib import Path

# Interrupt lines of the machine itself
_NOT_OURS = re.compile(r'timer|ttyS|rtc|acpi|i8042')

ACCESS_EVENTS = ('memory_region_ops_read', 'memory_region_ops_write')
_ACCESS = re.compile(r"memory_region_ops_(?:read|write) .* name '([^']*)'")


def interrupts(text):
    """Device interrupts in the guest's /proc/interrupts, of one processor."""
    total = 0
    for line in text.splitlines():
        match = re.match(r' *\d+: +(\d+) +(.*)', line)
        if match and not _NOT_OURS.search(match.group(2)):
            total += int(match.group(1))
    return total


def accesses(lines, regions):
    """(accesses to these regions, to any) in what QEMU has traced."""
    ours = everything = 0
    for line in lines:
        match = _ACCESS.search(line)
        if match:
            everything += 1
            ours += bool(re.match(regions, match.group(1)))
    return ours, everything


def cpu_seconds(pid):
    """Host CPU time that a process has used."""
    # The name before these fields may have blanks, but ends with a bracket.
    stat = Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf('SC_CLK_TCK')
