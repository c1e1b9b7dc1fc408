# SPDX-License-Identifier: GPL-2.0-or-later
"""compat/: nothing that is not needed, and all of it in CONTRIBUTING.md."""

import re
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COMPAT = TOP / 'compat'


def supported_versions():
    """The rows of the table: what is newer, and since which release."""
    text = (TOP / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    table = re.search(r'^\| Newer form \|.*\n\|.*\n((?:\|.*\n)+)', text, re.M)
    return [row.split('|')[1:4] for row in table[1].splitlines()]


class Compat(unittest.TestCase):
    """Stand-ins for headers, and the header that comes before all sources"""

    def test_every_stand_in_is_included_by_a_source(self):
        sources = ''.join(
            path.read_text(encoding='utf-8') for folder in
            ('hw/scsi', 'tests/fuzz') for path in
            sorted((TOP / folder).glob('*.[ch]')))
        headers = sorted((COMPAT / 'include').rglob('*.h'))
        self.assertTrue(headers)
        for path in headers:
            name = path.relative_to(COMPAT / 'include')
            self.assertIn(f'#include "{name}"', sources)

    def test_every_stand_in_is_in_the_table(self):
        forms = ' '.join(form for form, _, _ in supported_versions())
        for path in (COMPAT / 'include').rglob('*.h'):
            self.assertIn(f'`{path.relative_to(COMPAT / "include")}`', forms)

    def test_table_has_the_releases_that_brought_differences(self):
        since = {release.strip() for _, release, _ in supported_versions()}
        text = (COMPAT / 'qemu-compat.h').read_text(encoding='utf-8')
        tested = re.findall(r'^#if QEMU_OLDER_THAN\((\d+), (\d+)\)', text,
                            re.M)
        self.assertTrue(tested)
        for major, minor in tested:
            self.assertIn(f'{major}.{minor}', since)

    def test_one_place_per_release(self):
        text = (COMPAT / 'qemu-compat.h').read_text(encoding='utf-8')
        tests = re.findall(r'^#if (.*)', text, re.M)
        self.assertEqual(len(tests), len(set(tests)))


if __name__ == '__main__':
    unittest.main()
