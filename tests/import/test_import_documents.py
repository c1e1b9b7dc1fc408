# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents: sound, and naming all that there is."""

import re
import subprocess
import unittest

from machines import TOOLS
from buslogic_import.mapping import graphics, network, sound, storage, usb

DOCS = TOOLS.parent / 'docs'


class Documents(unittest.TestCase):
    """docs/import.rst and the manual page"""

    def test_they_are_sound(self):
        for name in ('import.rst', 'buslogic-import.rst'):
            done = subprocess.run(
                ['/usr/bin/rst2man', '--halt=warning', DOCS / name],
                capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_tables_name_what_is_mapped(self):
        text = (DOCS / 'import.rst').read_text(encoding='utf-8').lower()
        drivers = {entry[0] for table in (network.CARDS, sound.CARDS,
                                          usb.CONTROLLERS, usb.POINTING)
                   for entry in table.values()}
        drivers -= {'ne2k_pci', 'rtl8139'}      # for --replace only
        missing = [name for name in {*drivers, *storage.BUSES} if not
                   re.search(rf'(?<!\w){re.escape(name.lower())}(?!\w)', text)]
        self.assertEqual(missing, [])

    def test_the_tables_name_the_default_graphics_cards(self):
        text = (DOCS / 'import.rst').read_text(encoding='utf-8')
        for name in ('VBoxVGA', 'VBoxSVGA', 'VMSVGA'):
            self.assertIn(name, text)
            self.assertIn(f'``{graphics.CARDS[name][0]}``', text)


if __name__ == '__main__':
    unittest.main()
