# SPDX-License-Identifier: GPL-2.0-or-later
"""Where which field is in a migration stream, as that describes itself."""

import json
import struct
from dataclasses import dataclass

# In front of a subsection: its mark and its name's length; behind: a version
SUBSECTION = 5


@dataclass
class Field:
    """Some bytes of a stream."""

    name: str
    start: int
    size: int


class Stream:
    """A saved machine, in a file that may have other things around it.

    `data` is the file.  The machine's own JSON description follows its state.
    """

    def __init__(self, data):
        self.data = data
        start = data.index(b'{"page_size"')
        size, = struct.unpack('>I', data[start - 4:start])
        self.devices = json.loads(data[start:start + size])['devices']

    def section(self, part):
        """The device with this in its name: description, where its state is.
        """
        device, = [d for d in self.devices if part in d['name']]
        name = device['name'].encode()
        mark = bytes([len(name)]) + name + struct.pack(
            '>II', device['instance_id'], device['version'])
        if self.data.count(mark) != 1:
            raise ValueError(f'{name} is not once in the stream')
        return device, self.data.index(mark) + len(mark)

    def fields(self, description, start, path=''):
        """All that has no further structure.  Long arrays appear in parts.

        """
        for field in description['fields']:
            name, size = path + field['name'], field['size']
            count = field.get('array_len', 1)
            for index in range(count):
                at = start + index * size
                if 'struct' in field:
                    inner = field['struct']
                    end = yield from self.fields(inner, at, f'{name}.')
                    assert end == at + size, f'{name}: {end} - {at} != {size}'
                elif 'fields' in field:
                    yield Field(f'{name}.more', at, 1)
                    end = yield from self.fields(field, at + 1, f'{name}.')
                    assert end + 1 == at + size
                elif index in (0, count // 2, count - 1):
                    mark = f'[{index}]' if count > 1 else ''
                    yield Field(name + mark, at, size)
            start += count * size
        for inner in description.get('subsections', ()):
            name = inner['vmsd_name'].encode()
            head = bytes([SUBSECTION, len(name)]) + name
            assert self.data[start:start + len(head)] == head, name
            yield Field(f'{path}version of {name.decode()}',
                        start + len(head), 4)
            start = yield from self.fields(inner, start + len(head) + 4, path)
        return start
