# SPDX-License-Identifier: GPL-2.0-or-later
"""Syntax of .vmx files: keys, values, and what has been read of them."""

import bisect
import codecs
import re

from buslogic_import.errors import ImportFailed

MAX_KEYS = 100_000
MAX_DIGITS = 4                  # of the number of a device
LINE = re.compile(r'\s*+(?P<key>[^\s=#"]++)\s*+=\s*+'
                  r'(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"#]*))\s*(?:#.*)?')
ENCODING = re.compile(rb'^[ \t]*\.encoding[ \t]*=[ \t]*"?([\w.-]+)', re.I | re.M)
# What VMware calls them is what Windows has: more than the standards
WINDOWS = {'shift_jis': 'cp932', 'windows-31j': 'cp932', 'euc-kr': 'cp949',
           'big5': 'cp950', **{f'windows-{page}': f'cp{page}' for page
                               in (874, 932, 936, 949, 950)}}
ESCAPE = re.compile(r'\|([0-9A-Fa-f]{2})')
TRUE, FALSE = ('true', 'yes', 'on', '1'), ('false', 'no', 'off', '0')


class Keys:
    """Keys are told apart without regard to case; a later one wins."""

    def __init__(self, file, data):
        self.file = file
        self._values = {}               # by key in lower case
        self._spelled = {}
        self.absent = []                # (device, its settings)
        lines = self._decoded(data).splitlines()
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.lstrip().startswith('#'):
                self._add(number, line)
        if not self._values:
            raise ImportFailed(file, 'has no settings of a machine')
        self._unread = set(self._values)
        self._sorted = sorted(self._values)

    def _decoded(self, data):
        """As the file itself says, else UTF-8 or what Windows used."""
        if data.startswith(codecs.BOM_UTF8):
            return self._as(data[len(codecs.BOM_UTF8):], 'utf-8')
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return self._as(data, 'utf-16')
        if b'\0' in data:
            raise ImportFailed(self.file, 'is not a text')
        named = ENCODING.search(data)
        if named:
            return self._as(data, named[1].decode())
        try:
            return data.decode()
        except UnicodeDecodeError:
            return self._as(data, 'windows-1252')

    def _as(self, data, encoding):
        try:
            known = WINDOWS.get(encoding.lower(), encoding)
            if not codecs.lookup(known)._is_text_encoding:
                raise LookupError
            text = data.decode(known)
            text.encode()           # nothing that no file name can have
            return text
        except (LookupError, UnicodeError):
            raise ImportFailed(self.file, f'is not in {encoding}') from None

    def _add(self, number, line):
        found = LINE.fullmatch(line)
        if not found:
            raise ImportFailed(self.file, f'line {number}: is no setting: '
                               f'{line.strip()[:80]}')
        if len(self._values) >= MAX_KEYS:
            raise ImportFailed(self.file, 'has too many settings')
        value = found['quoted'] if found['quoted'] is not None else (
            found['plain'])
        key = found['key'].lower()
        self._values[key] = ESCAPE.sub(
            lambda match: chr(int(match[1], 16)), value)
        if '\0' in self._values[key]:
            raise ImportFailed(self.file, f'line {number}: has a NUL')
        self._spelled[key] = found['key']

    def get(self, key, default=''):
        """The value of a key."""
        self._unread.discard(key.lower())
        return self._values.get(key.lower(), default)

    def peek(self, key):
        """The value of a key, which does not count as read."""
        return self._values.get(key.lower(), '')

    def boolean(self, key, default=None):
        """A value that is TRUE or FALSE."""
        text = self.get(key).lower()
        if not text:
            return default
        if text not in TRUE + FALSE:
            raise self.wrong(key, 'is neither TRUE nor FALSE')
        return text in TRUE

    def number(self, key, default=None, low=0, high=2 ** 32 - 1):
        """A decimal number within bounds."""
        text = self.get(key).strip()
        if not text:
            return default
        if not re.fullmatch(r'[+-]?\d{1,18}', text):
            raise self.wrong(key, 'is not a number')
        if not low <= int(text) <= high:
            raise self.wrong(key, f'is not within {low} to {high}')
        return int(text)

    def choice(self, key, choices, default=None):
        """One of some words, in any case; returns what it stands for."""
        text = self.get(key)
        if not text:
            return default
        if text.lower() not in choices:
            raise self.wrong(key, 'is not known; known are '
                             + ', '.join(choices))
        return choices[text.lower()]

    def numbers(self, pattern):
        """The tuples of numbers in keys that begin with a pattern, sorted."""
        found = (re.match(pattern, key) for key in self._values)
        return sorted({tuple(int(number) for number in match.groups())
                       for match in found if match and
                       all(len(number) <= MAX_DIGITS
                           for number in match.groups())})

    def forget(self, prefix):
        """Keys that begin so are of something that is not there."""
        name, prefix, settings = prefix.rstrip('.:'), prefix.lower(), []
        # A search, as there may be as many things as keys
        at = bisect.bisect_left(self._sorted, prefix)
        while at < len(self._sorted) and self._sorted[at].startswith(prefix):
            key = self._sorted[at]
            if key in self._unread:
                self._unread.discard(key)
                settings.append(f'{self._spelled[key]}="{self._values[key]}"')
            at += 1
        if settings:
            self.absent.append((name, ' '.join(settings)))

    def wrong(self, key, problem):
        """An ImportFailed about a key, to be raised."""
        return ImportFailed(self.file, f'{key} = "{self.get(key)[:80]}" '
                            f'{problem}')

    def unread(self, harmless):
        """(key, value, reason) of each key that nobody asked for.

        `harmless` has patterns, and reasons why such keys do not matter.
        """
        for key in sorted(self._unread):
            reason = next((why for pattern, why in harmless
                           if re.fullmatch(pattern, key)), '')
            yield self._spelled[key], self._values[key], reason
