# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guests do, on which kind of disk."""

from typing import NamedTuple

# Size of the disk of each kind, MiB; the guest knows them apart by it
DISKS = {'null': 1024, 'raw': 64, 'iscsi': 32}


class Workload(NamedTuple):
    """One job for fio."""

    disk: str
    pattern: str                # as fio calls it
    block_kib: int
    depth: int

    @property
    def name(self):
        """As in tables, without blanks."""
        return f'{self.disk}-{self.pattern}-{self.block_kib}k-d{self.depth}'

    @property
    def writes(self):
        """Does it write?"""
        return 'write' in self.pattern


WORKLOADS = [
    Workload('null', 'randread', 4, 1),
    Workload('null', 'randread', 4, 32),
    Workload('null', 'randwrite', 4, 32),
    Workload('null', 'read', 256, 8),
    Workload('raw', 'randread', 4, 32),
    Workload('iscsi', 'randread', 4, 32),
]


def matching(words):
    """The workloads whose name has one of the words; all if there is none."""
    return [load for load in WORKLOADS
            if not words or any(word in load.name for word in words)]
