# SPDX-License-Identifier: GPL-2.0-or-later
"""What whole machines become, in full.

After a change that is meant, make the files once more and look at what git
says of them: REGENERATE=1 tests/guest/check import -k golden
"""

import os
import unittest
from pathlib import Path
from unittest import mock

from gallery import MACHINES
from machines import mapped
from buslogic_import.output.libvirt import machine_xml
from buslogic_import.output.report import report_text
from buslogic_import.output.script import script

GOLDEN = Path(__file__).resolve().parent / 'golden'
VERSIONS = ['buslogic_import.output.report.version',
            'buslogic_import.output.script.version']


def outputs(name):
    """The texts for a machine, by the endings of the files."""
    source = MACHINES[name]()
    context = mapped(source)
    return {'run': script(context, '/usr/bin/qemu-buslogic'),
            'xml': machine_xml(context, '/usr/bin/qemu-buslogic',
                               f'/vm/{name}'),
            'txt': report_text(source, context.report)}


class GoldenOutputs(unittest.TestCase):
    """Scripts, files for libvirt and reports"""

    maxDiff = None

    def compare(self, name):
        """All outputs for a machine with their golden files."""
        for version in VERSIONS:
            patch = mock.patch(version, lambda: 'VERSION')
            patch.start()
            self.addCleanup(patch.stop)
        for ending, text in outputs(name).items():
            path = GOLDEN / f'{name}.{ending}'
            if os.environ.get('REGENERATE'):
                path.write_text(text, encoding='utf-8')
            self.assertEqual(text, path.read_text(encoding='utf-8'), path)

    def test_golden_outputs(self):
        for name in MACHINES:
            with self.subTest(name):
                self.compare(name)

    def test_every_golden_file_has_a_machine(self):
        self.assertEqual({path.stem for path in GOLDEN.iterdir()},
                         set(MACHINES))


if __name__ == '__main__':
    unittest.main()
