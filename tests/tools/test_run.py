# SPDX-License-Identifier: GPL-2.0-or-later
"""What "make run" makes of its environment."""

import os
import subprocess
import unittest
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / 'guest/run'


class Environment(unittest.TestCase):
    def assert_refused(self, name, value, reason):
        result = subprocess.run(
            [str(RUN), '-n'], encoding='utf-8', check=False, timeout=60,
            env=dict(os.environ, **{name: value}), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, f'run: {name}={value} {reason}\n')

    def test_guest_that_is_not_known(self):
        self.assert_refused('GUEST', 'shel', 'is neither steps nor shell')

    def test_firmware_that_is_not_known(self):
        self.assert_refused('FIRMWARE', 'efi', 'is neither bios nor uefi')


if __name__ == '__main__':
    unittest.main()
