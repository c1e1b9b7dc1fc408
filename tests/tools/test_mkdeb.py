# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/mkdeb: what it refuses. tests/deb has what comes out."""

import subprocess
import tempfile
import unittest
from pathlib import Path

MKDEB = Path(__file__).resolve().parents[2] / 'tools/mkdeb'


class MkDeb(unittest.TestCase):
    """An empty folder instead of what "make install" leaves."""

    def test_nothing_is_packaged_where_nothing_is_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            done = subprocess.run(
                [MKDEB, folder / 'root', folder / 'work', folder / 'out'],
                capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, 'buslogic: nothing is installed in '
                             f'{folder}/root\n')
            self.assertEqual(list(folder.rglob('*.deb')), [])


if __name__ == '__main__':
    unittest.main()
