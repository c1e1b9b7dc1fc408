# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing that a machine says is passed over in silence.

Every field of the model is changed, in turn, in a machine that has something
of everything.  Each time the options or the report become another, or the
machine is refused in other words.
"""

import dataclasses
import enum
import unittest
from pathlib import Path

from everything import everything
from machines import mapped
from buslogic_import import model
from buslogic_import.errors import ImportFailed
from buslogic_import.output.report import heading

# Where a value that is merely another one would not be one that readers give
VALUES = {
    (model.Nic, 'model'): 'rtl8139',
    (model.Nic, 'attachment'): 'CloudNetwork',
    (model.Nic, 'nat_network'): '192.168.7.0/24',
    (model.Nic, 'forwardings'): [
        model.Forwarding('new', 'udp', '', 53, '', 53)],
    (model.Controller, 'isa_compat'): 'Primary',
    (model.Controller, 'adapter_type'): 'BT-545C',
    (model.Controller, 'attachments'): [],
    (model.Serial, 'mode'): 'HostPipe',
    (model.Audio, 'controller'): 'AC97',
    (model.Display, 'controller'): 'VBoxVGA',
    (model.Machine, 'uuid'): '01234567-9b86-4dc8-b6fc-1ba9de2a6ab2',
    (model.Medium, 'uuid'): '01234567-9b86-4dc8-b6fc-1ba9de2a6ab2',
    (model.Medium, 'parent'): model.Medium(Path('/vm/parent.vdi')),
    (model.Machine, 'audio'): None,
}
# Values for those that may be None, by their annotation
OPTIONAL = {'bool': [True, False], 'int': [20],
            'Medium': [model.Medium(Path('/vm/other.iso'))]}


def outcome(machine):
    """All that a user can see of it, as a text."""
    try:
        context = mapped(machine)
    except ImportFailed as error:
        return f'refused: {error}'
    return f'{context.options} {context.report} {heading(machine)}'


def parts(item):
    """All dataclasses in it, itself included."""
    yield item
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        for part in value if isinstance(value, list) else [value]:
            if dataclasses.is_dataclass(part):
                yield from parts(part)


def other_values(item, field):
    """Values that a field does not have."""
    value = getattr(item, field.name)
    if (type(item), field.name) in VALUES:
        return [VALUES[type(item), field.name]]
    if isinstance(value, enum.Enum):
        return [other for other in type(value) if other is not value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, (str, Path)):
        return [type(value)(f'{value}x')]
    if isinstance(value, list):
        return [value[:-1]]
    if isinstance(value, dict):
        return [{}]
    if value is None:
        return next(values for kind, values in OPTIONAL.items()
                    if kind in str(field.type))
    return []                   # a dataclass, whose fields have their turn


class EveryField(unittest.TestCase):
    """A change of anything is seen"""

    maxDiff = None

    def test_a_change_is_seen(self):
        before = outcome(everything())
        self.assertNotIn('refused', before[:7])
        count, silent = 0, []
        for number, item in enumerate(parts(everything())):
            for field in dataclasses.fields(item):
                for value in other_values(item, field):
                    machine = everything()
                    changed = list(parts(machine))[number]
                    setattr(changed, field.name, value)
                    count += 1
                    if outcome(machine) == before:
                        silent.append(f'{type(item).__name__}.{field.name} '
                                      f'{getattr(item, field.name)}: {value}')
        self.assertEqual('\n'.join(silent), '')
        self.assertGreater(count, 400)


if __name__ == '__main__':
    unittest.main()
