# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/fuzz/make-seeds: inputs for the fuzzer from the log of a test."""

import subprocess
import tempfile
import unittest
from pathlib import Path

MAKE_SEEDS = Path(__file__).resolve().parents[1] / 'fuzz/make-seeds'

# The adapter is on the PCI bus: its ports, command and memory BAR
LOG = '''\
[I 0.000000] OPENED
[R +0.100000] outl 0xcf8 0x80001010
[R +0.100001] outl 0xcfc 0xc000
[R +0.200000] b64write 0x1000 0x4 AQIDBA==
[R +0.300000] write 0x2000 0x2 0x0506
[R +0.400000] outb 0x330 0x80
[R +0.500000] outb 0x331 0x02
'''

# Another process has written into the middle of these
DAMAGED = '''\
[R +0.200000] b64write 0x3000 0x8 AQI{"return": {}}
[R +0.200000] write 0x3000 0x8 0x01{"return": {}}
[R +0.200000] write 0x3000
[R +0.200000] outb 0x{"return": {}} 0x1
'''


class MakeSeeds(unittest.TestCase):
    """The program as tests/fuzz/run calls it."""

    def seeds(self, log):
        """The inputs it makes of a log, in no order."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'log')
            path.write_text(log)
            subprocess.run([MAKE_SEEDS, path, Path(folder, 'seeds')],
                           check=True, capture_output=True)
            return sorted(seed.read_bytes()
                          for seed in Path(folder, 'seeds').iterdir())

    def test_a_reset_begins_another_input(self):
        first, second = sorted(self.seeds(LOG), key=len)
        self.assertTrue(first and second)
        self.assertFalse(len(first) % 32 or len(second) % 32)

    def test_memory_is_in_the_input(self):
        everything = b''.join(self.seeds(LOG))
        self.assertIn(bytes([1, 2, 3, 4]), everything)
        self.assertIn(bytes([5, 6]), everything)

    def test_lines_that_another_process_has_damaged_are_left_out(self):
        lines = LOG.splitlines(keepends=True)
        self.assertEqual(self.seeds(''.join([*lines[:5], DAMAGED,
                                             *lines[5:]])), self.seeds(LOG))


if __name__ == '__main__':
    unittest.main()
