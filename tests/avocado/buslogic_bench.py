#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""That "make bench" runs; how fast anything is does not matter here."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

BENCH = Path(__file__).resolve().parent.parent / 'bench'


class Bench(unittest.TestCase):
    """The shortest form of the benchmark, with two adapters."""

    def test_counts_and_compares(self):
        with tempfile.TemporaryDirectory(prefix='buslogic-') as name:
            folder = Path(name)
            done = subprocess.run(
                [BENCH / 'run', '--rounds', '1', '--seconds', '1',
                 '--output', folder,
                 '--adapter', 'buslogic', '--adapter', 'pvscsi',
                 '--workload', 'null-randread-4k-d1'],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            results = json.loads((folder / 'bench.json').read_text())
            table = (folder / 'bench.txt').read_text()
            chart = ElementTree.parse(folder / 'bench.svg')
        self.assertTrue(chart.getroot().tag.endswith('svg'))
        self.assertIn(table, done.stdout)
        self.check_measured({item['adapter']: item
                             for item in results['measured']})
        ratio, = results['ratios']['null-randread-4k-d1']['pvscsi'][:1]
        self.assertGreater(ratio, 0)

    def test_counts_instructions_of_the_device(self):
        with tempfile.TemporaryDirectory(prefix='buslogic-') as name:
            done = subprocess.run(
                [BENCH / 'device', '--point', '32,1', '--output', name],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            cell, = json.loads((Path(name) / 'device.json').read_text())
        self.assertEqual((cell['depth'], cell['segments']), (32, 1))
        self.assertGreater(cell['per_second'], 0)
        # The SCSI and block layers have the greater part of these
        self.assertGreater(cell['instructions'], 5000)
        self.assertLess(cell['instructions'], 25000)

    def check_measured(self, cells):
        """One request at a time: doorbell, interrupt, acknowledgement."""
        self.assertEqual(set(cells), {'buslogic', 'pvscsi'})
        for cell in cells.values():
            self.assertGreater(cell['iops'], 0)
            self.assertGreater(cell['cpu_us_per_io'], 0)
            self.assertGreater(cell['interrupts_per_io'], 0.5)
            self.assertLess(cell['interrupts_per_io'], 1.5)
        self.assertGreater(cells['buslogic']['accesses_per_io'], 2.5)
        self.assertLess(cells['buslogic']['accesses_per_io'], 3.5)
        self.assertLess(cells['pvscsi']['accesses_per_io'], 1.5)


if __name__ == '__main__':
    sys.exit(unittest.main())
