# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user wants instead of what the machine has."""

from buslogic_import.errors import ImportFailed


class Choices:
    """Replacements of models, by name, in any case; a bridge of the host."""

    def __init__(self, replacements=(), bridge=''):
        self.bridge = bridge
        self._wanted = {old.lower(): (old, new) for old, new in replacements}
        self._used = set()

    def model(self, name):
        """What is to be used in place of it; itself if nothing is."""
        if name.lower() not in self._wanted:
            return name
        self._used.add(name.lower())
        return self._wanted[name.lower()][1]

    def pick(self, name, table, topic):
        """The key of a table that is meant by a replacement's name."""
        for key in table:
            if key.lower() == name.lower():
                return key
        raise ImportFailed('--replace', f'{name} is no {topic}; known are '
                           + ', '.join(table))

    def check_used(self):
        """A replacement of what is not there is a mistake."""
        for name in self._wanted.keys() - self._used:
            old, new = self._wanted[name]
            raise ImportFailed(f'--replace {old}={new}',
                               f'the machine has no {old}')
