# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's options, in the order in which they are given."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Option:
    """One option and its value, in QEMU's syntax."""

    name: str               # 'device'
    value: str              # 'buslogic,id=scsi0'
    comment: str = ''       # for readers of the script
    native: bool = False    # libvirt has an element of its own for it


@dataclass
class Options:
    """Collects options.  A remark goes to the option that comes next."""

    items: list[Option] = field(default_factory=list)
    sound: str = ''             # the id that -audiodev has to have
    clock_offset: int = 0       # seconds that the guest is ahead of the host
    # UEFI variables: (what they begin as, file in the output folder)
    variables: tuple[str, str] | None = None
    _remark: str = ''

    def remark(self, text):
        """What the options that follow are about."""
        self._remark = text

    def add(self, name, value, native=False):
        """An option; returns it as people write it."""
        self.items.append(Option(name, str(value), self._remark, native))
        self._remark = ''
        return f'-{name} {value}'

    def device(self, driver, properties=(), **more):
        """A device with its properties."""
        return self.add('device', joined(driver, {**dict(properties), **more}))


def joined(first, properties):
    """'first,name=value,...' without those that are None.

    QEMU wants commas in values doubled.
    """
    words = [f'{name}={spelled(value)}' for name, value in properties.items()
             if value is not None]
    return ','.join([*([str(first)] if first else []), *words])


def spelled(value):
    """A value as QEMU reads it."""
    if isinstance(value, bool):
        return 'on' if value else 'off'
    return str(value).replace(',', ',,')
