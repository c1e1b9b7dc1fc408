# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's options, in the order in which they are given."""

from dataclasses import dataclass, field
from pathlib import PurePath


class InFolder(str):
    """The name of a file in the output folder."""


class Value(str):
    """'first,name=value,...' without those that are None.

    QEMU wants commas in values doubled.
    """

    def __new__(cls, first, properties, folder='.'):
        words = [str(first)] if first != '' else []
        words += [f'{name}={_spelled(value, folder)}'
                  for name, value in properties.items() if value is not None]
        made = super().__new__(cls, ','.join(words))
        made.parts = (first, properties)
        return made

    def at(self, folder):
        """The same, where files in the output folder are given in full."""
        return Value(*self.parts, folder)


def _spelled(value, folder):
    """A value as QEMU reads it."""
    if isinstance(value, bool):
        return 'on' if value else 'off'
    if isinstance(value, InFolder):
        # With a directory before it, it is never taken for a protocol.
        value = f'{folder}/{value}'
    return str(value).replace(',', ',,')


def file_value(path):
    """A path in an option; the folder's own files have relative ones."""
    return str(path) if PurePath(path).is_absolute() else InFolder(path)


@dataclass(frozen=True)
class Option:
    """One option and its value."""

    name: str               # 'device'
    value: Value            # 'buslogic,id=storage0'
    comment: str = ''       # for readers of the script
    native: bool = False    # libvirt has an element of its own for it


@dataclass
class Options:
    """Collects options.  A remark goes to the option that comes next."""

    items: list[Option] = field(default_factory=list)
    sound: str = ''             # the id that -audiodev has to have
    clock_offset: int = 0       # seconds that the guest is ahead of the host
    # UEFI: (code, variables to begin with)
    firmware: tuple[str, str] | None = None
    graphics: tuple[str, dict] | None = None    # driver and properties
    _remark: str = ''

    def remark(self, text):
        """What the options that follow are about."""
        self._remark = text

    def add(self, name, first, properties=(), native=False):
        """An option; returns it as people write it."""
        value = Value(first, dict(properties))
        self.items.append(Option(name, value, self._remark, native))
        self._remark = ''
        return f'-{name} {value}'

    def device(self, driver, properties=(), native=False):
        """A device with its properties."""
        return self.add('device', driver, properties, native)


def joined(first, properties):
    """Words of an option, for the report."""
    return Value(first, properties)
