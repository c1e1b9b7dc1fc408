# SPDX-License-Identifier: GPL-2.0-or-later
"""How "make bench" reads what it is told, and what it makes of it."""

import contextlib
import io
import sys
import unittest
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from bench import chart, counters, fio, report, rounds  # noqa: E402
from bench.adapters import Adapter  # noqa: E402
from bench.workloads import Workload  # noqa: E402
from guest.vm import GuestError  # noqa: E402

READS = Workload('null', 'randread', 4, 32)
WRITES = Workload('null', 'randwrite', 4, 32)


def terse(error=0, first=5):
    """A line of fio whose fields are numbered, from the reads on."""
    part = [f'99.000000%={number}' if number == 12 else
            f'0%={number}' if 12 < number < 32 else str(number)
            for number in range(41)]
    fields = ['3', 'fio-3.33', 'bench', '0', str(error)]
    return ';'.join(fields + ['0'] * (first - 5) + part)


class Fio(unittest.TestCase):
    """fio's terse format."""

    EXPECTED = {'requests': 0, 'iops': 2, 'kib_per_second': 1,
                'latency_us': 34.0, 'p99_us': 12.0}

    def test_reads_and_writes_are_in_different_fields(self):
        self.assertEqual(fio.parse(terse(), READS), self.EXPECTED)
        self.assertEqual(fio.parse(terse(first=46), WRITES), self.EXPECTED)

    def test_an_error_is_not_taken_for_a_result(self):
        for output in (terse(error=5), 'fio: cannot open', ''):
            with self.subTest(output), self.assertRaises(ValueError):
                fio.parse(output, READS)


class Counters(unittest.TestCase):
    """What is counted beside."""

    def test_only_interrupts_of_devices_count(self):
        text = ('           CPU0\n'
                '  0:   100   IO-APIC   2-edge      timer\n'
                '  4:    50   IO-APIC   4-edge      ttyS0\n'
                ' 11:     7   IO-APIC  11-fasteoi   BusLogic BT-958\n'
                ' 24:     3   PCI-MSI 49152-edge    virtio0-request\n'
                'NMI:     9   Non-maskable interrupts\n')
        self.assertEqual(counters.interrupts(text), 10)

    def test_accesses_are_told_apart_by_region(self):
        line = ("memory_region_ops_{} cpu 0 mr 0x1 addr 0x0 value 0x2 size 1 "
                "name '{}'\n")
        lines = [line.format('read', 'buslogic-io'), 'Trace of what\n',
                 line.format('write', 'buslogic-io'),
                 line.format('read', 'ioapic')]
        self.assertEqual(counters.accesses(lines, 'buslogic'), (2, 3))


def measurement(number, adapter, iops, workload='w'):
    return {'round': number, 'adapter': adapter, 'workload': workload,
            'iops': iops, 'kib_per_second': 2048}


class Report(unittest.TestCase):
    """Ratios and tables."""

    MEASURED = [measurement(0, 'buslogic', 10), measurement(0, 'x', 5),
                measurement(1, 'buslogic', 30), measurement(1, 'x', 10),
                measurement(2, 'buslogic', 8), measurement(2, 'x', 8)]

    def test_a_ratio_is_taken_within_a_round(self):
        self.assertEqual(report.ratios(self.MEASURED),
                         {'w': {'x': (2, 1, 3)}})

    def test_a_round_without_result_is_left_out(self):
        measured = self.MEASURED + [measurement(3, 'x', 1),
                                    measurement(4, 'buslogic', 9),
                                    measurement(4, 'x', 0)]
        self.assertEqual(report.ratios(measured), {'w': {'x': (2, 1, 3)}})

    def test_cells_are_medians(self):
        iops = {cell['adapter']: cell['iops']
                for cell in report.cells(self.MEASURED)}
        self.assertEqual(iops, {'buslogic': 10, 'x': 8})

    def test_tables_have_every_cell(self):
        text = report.table(self.MEASURED)
        self.assertRegex(text, r'buslogic +10 +2\.0 +- ')
        self.assertRegex(report.ratio_table(self.MEASURED),
                         r'\nw +2\.00 1\.00-3\.00')


class PretendedGuest:
    """Fails with what `fails` says: {deed or workload: an exception}."""

    def __init__(self, adapter, fails):
        self.adapter, self.fails, self.killed = adapter, fails, False

    def deed(self, name, load):
        for word in (name, load.name):
            if word in self.fails:
                raise self.fails[word]

    def count(self, load):
        self.deed('count', load)
        return {'accesses_per_io': 3}

    def measure(self, load, seconds):
        self.deed('measure', load)
        return {'iops': 100, 'kib_per_second': 400}

    def kill(self):
        self.killed = True


class Rounds(unittest.TestCase):
    """What happens to a guest that fails."""

    ADAPTERS = [Adapter('buslogic', (), ''), Adapter('x', (), '')]

    def run_rounds(self, fails, boots=9):
        """Two rounds, with these failures of x, which boots so many times."""
        self.booted = []

        def boot(adapter):
            if adapter.name == 'x' and len(self.booted) >= boots:
                raise GuestError('it does not boot\nand more')
            self.booted.append(PretendedGuest(
                adapter, fails if adapter.name == 'x' else {}))
            return self.booted[-1]

        with contextlib.redirect_stderr(io.StringIO()) as self.said:
            run = rounds.Rounds(self.ADAPTERS, [READS, WRITES], boot)
            self.measured = run.measure(2, 1)
        return run.failed

    def pairs(self):
        """What has been measured how often."""
        return Counter((item['adapter'], item['workload'])
                       for item in self.measured)

    def test_all_is_well(self):
        self.assertEqual(self.run_rounds({}), {})
        self.assertEqual(set(self.pairs().values()), {2})
        self.assertEqual(len(self.pairs()), 4)

    def test_workload_that_fails_is_left_out_and_its_guest_replaced(self):
        failed = self.run_rounds({READS.name: GuestError('it hangs\nlog')})
        self.assertEqual(failed, {('x', READS.name): 'it hangs'})
        self.assertEqual(self.pairs(), {
            ('buslogic', READS.name): 2, ('buslogic', WRITES.name): 2,
            ('x', WRITES.name): 2})
        self.assertEqual([guest.killed for guest in self.booted],
                         [False, True, False])
        self.assertIn(f'FAILED  {READS.name} x: it hangs\n',
                      self.said.getvalue())

    def test_failure_while_it_is_measured(self):
        failed = self.run_rounds({'measure': ValueError('nonsense')})
        self.assertEqual(set(failed), {('x', READS.name), ('x', WRITES.name)})
        self.assertEqual(len(self.pairs()), 2)

    def test_guest_that_does_not_boot(self):
        for boots, fails in ((1, {}), (2, {'count': OSError('gone')})):
            failed = self.run_rounds(fails, boots)
            self.assertEqual(set(failed),
                             {('x', READS.name), ('x', WRITES.name)})
            self.assertIn('it does not boot', failed.values())
            self.assertEqual(len(self.pairs()), 2)

    def test_tables_without_it(self):
        failed = self.run_rounds({READS.name: GuestError('it hangs')})
        self.assertIn(f'{READS.name:24}x: failed: it hangs',
                      report.failures(failed))
        self.assertRegex(report.ratio_table(self.measured),
                         rf'{READS.name} +-\n')
        # pylint: disable-next=protected-access
        head, *rows = chart._rows(self.measured)
        self.assertEqual(head, ['"workload"', '"x"'])
        self.assertEqual([row[1] for row in rows], ['NaN', '1.000'])

    def test_nothing_to_compare_with(self):
        self.run_rounds({}, boots=1)
        self.assertIsNone(chart.draw(self.measured, '/nowhere/chart.svg'))


if __name__ == '__main__':
    unittest.main()
