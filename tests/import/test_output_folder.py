# SPDX-License-Identifier: GPL-2.0-or-later
"""The folder: complete or not there, and nobody else's."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from machines import TOOLS  # noqa: F401  pylint: disable=unused-import
from buslogic_import.errors import ImportFailed
from buslogic_import.output.folder import (check_free, folder_name,
                                           new_folder, write_text)


class FolderTest(unittest.TestCase):
    """A place for it"""

    def setUp(self):
        parent = tempfile.TemporaryDirectory(prefix='buslogic-import-')
        self.addCleanup(parent.cleanup)
        self.parent = Path(parent.name)
        self.folder = self.parent / 'machine'

    def names(self):
        """What is in the place."""
        return sorted(path.name for path in self.parent.iterdir())

    def imported(self):
        """An earlier result."""
        self.folder.mkdir()
        for name in ('run', 'report.txt', 'disk0.qcow2'):
            (self.folder / name).touch()


class Names(unittest.TestCase):
    """Names of folders"""

    def test_they_are_of_one_part_and_not_hidden(self):
        for name, wanted in [('Old Server', 'Old Server'), ('a/b', 'a_b'),
                             ('../../x', 'machine.._.._x'), ('', 'machine'),
                             ('..', 'machine..'), ('-rf', 'machine-rf'),
                             ('two\nlines', 'two_lines'), (' ', 'machine')]:
            self.assertEqual(folder_name(name), wanted)

    def test_they_are_not_too_long(self):
        name = folder_name('\u00e4' * 500)
        self.assertLessEqual(len(name.encode()), 200)
        self.assertEqual(set(name), {'\u00e4'})


class Free(FolderTest):
    """Where a result can go"""

    def test_new_and_empty_folders(self):
        check_free(self.folder, False)
        self.folder.mkdir()
        check_free(self.folder, False)

    def test_what_is_there_is_kept(self):
        self.imported()
        with self.assertRaisesRegex(ImportFailed, 'there already; --force'):
            check_free(self.folder, False)
        check_free(self.folder, True)

    def test_only_results_are_replaced(self):
        self.folder.mkdir()
        (self.folder / 'thesis.tex').touch()
        with self.assertRaisesRegex(ImportFailed, 'is no imported machine'):
            check_free(self.folder, True)

    def test_results_with_files_of_somebody_are_not_replaced(self):
        self.imported()
        for name in ('disk.vmdk', 'notes.txt', 'disk0.qcow2.bak'):
            (self.folder / name).touch()
            with self.assertRaisesRegex(ImportFailed, f'has {name}, which'):
                check_free(self.folder, True)
            (self.folder / name).unlink()
        (self.folder / 'disk1.qcow2').mkdir()
        with self.assertRaisesRegex(ImportFailed, 'has disk1.qcow2, which'):
            check_free(self.folder, True)

    def test_all_that_an_import_makes_is_replaced(self):
        self.imported()
        for name in ('machine.xml', 'uefi-variables.fd', 'cd0.iso',
                     'disk12.qcow2', 'floppy0.qcow2', 'monitor.socket',
                     'serial1.socket'):
            (self.folder / name).touch()
        check_free(self.folder, True)

    def test_files_and_links_are_no_folders(self):
        self.folder.touch()
        with self.assertRaisesRegex(ImportFailed, 'no directory'):
            check_free(self.folder, True)
        self.folder.unlink()
        self.folder.symlink_to('nowhere')
        with self.assertRaisesRegex(ImportFailed, 'no directory'):
            check_free(self.folder, True)

    def test_the_parent_has_to_be_there(self):
        with self.assertRaisesRegex(ImportFailed, 'is no directory'):
            check_free(self.parent / 'a/b', False)


class NewFolder(FolderTest):
    """Writing it"""

    def write(self, failure=None):
        """A result with one file."""
        with new_folder(self.folder) as made:
            write_text(made / 'run', '#!', executable=True)
            if failure:
                raise failure

    def test_it_appears_when_it_is_complete(self):
        self.write()
        self.assertEqual(self.names(), ['machine'])
        self.assertTrue(os.access(self.folder / 'run', os.X_OK))

    def test_nothing_is_left_of_a_failure(self):
        for failure in (OSError, KeyboardInterrupt, SystemExit):
            with self.assertRaises(failure):
                self.write(failure)
            self.assertEqual(self.names(), [])

    def test_an_old_one_stays_until_the_new_one_is_complete(self):
        self.imported()
        with self.assertRaises(OSError):
            self.write(OSError)
        self.assertTrue((self.folder / 'disk0.qcow2').exists())
        self.write()
        self.assertEqual(self.names(), ['machine'])
        self.assertEqual([path.name for path in self.folder.iterdir()],
                         ['run'])

    def test_an_old_one_comes_back_if_the_new_one_cannot_take_its_place(self):
        self.imported()
        rename = Path.rename

        def fails(path, target):
            """The new one does not move."""
            if path == made:
                raise OSError('cannot be moved')
            return rename(path, target)

        with patch.object(Path, 'rename', fails):
            with self.assertRaises(OSError), new_folder(self.folder) as made:
                write_text(made / 'run', '#!')
        self.assertEqual(self.names(), ['machine'])
        self.assertTrue((self.folder / 'disk0.qcow2').exists())

    def test_permissions_are_as_usual(self):
        (self.parent / 'usual').mkdir()
        self.write()
        self.assertEqual(self.folder.stat().st_mode,
                         (self.parent / 'usual').stat().st_mode)


if __name__ == '__main__':
    unittest.main()
