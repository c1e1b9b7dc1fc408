# SPDX-License-Identifier: GPL-2.0-or-later
"""What checkpatch.pl of QEMU objects to first, without a QEMU tree."""

import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COLUMNS = 80


def c_sources():
    """All C sources and headers, those of the tests as well."""
    for folder in ('compat', 'hw', 'module', 'roms', 'tests'):
        yield from sorted(path for path in (TOP / folder).rglob('*')
                          if path.suffix in ('.c', '.h'))


class Style(unittest.TestCase):
    """Sources in C"""

    def test_lines_are_short_and_have_no_tabs_or_blanks_at_their_end(self):
        wrong, seen = [], 0
        for path in c_sources():
            text = path.read_text(encoding='utf-8')
            for number, line in enumerate(text.splitlines(), 1):
                seen += 1
                if len(line) > COLUMNS or '\t' in line or line != line.rstrip():
                    wrong.append(f'{path.relative_to(TOP)}:{number}')
        self.assertGreater(seen, 10000)
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    unittest.main()
