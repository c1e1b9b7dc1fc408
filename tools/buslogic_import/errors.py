# SPDX-License-Identifier: GPL-2.0-or-later
"""What ends an import."""


class ImportFailed(Exception):
    """One line for the user: the file, what in it, and what is wrong."""

    def __init__(self, where, problem):
        super().__init__(f'{printable(where)}: {printable(problem)}')


def printable(text):
    """A text from a file, on one line and without control characters."""
    return ''.join(char if char.isprintable() else
                   char.encode('unicode_escape').decode()
                   for char in str(text))
