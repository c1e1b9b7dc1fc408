# SPDX-License-Identifier: GPL-2.0-or-later
"""XML as a tree of nodes that know what has been read of them."""

from xml.parsers import expat

from buslogic_import.errors import ImportFailed

# Far beyond any machine; a bomb stays below what a host can bear.
MAX_NODES = 500_000
MAX_DEPTH = 200

TRUE = {'true', '1', 'yes', 'on'}
FALSE = {'false', '0', 'no', 'off'}


class Node:
    """An element.  Whatever nobody asks for is in unread() in the end."""

    def __init__(self, file, name, attributes, line):
        self.file, self.name, self.line = file, name, line
        self.attributes = attributes        # by local name
        self.children = []
        self.text = ''
        self._unread = set(attributes)
        self._used = False

    def get(self, name, default=''):
        """The text of an attribute."""
        self._unread.discard(name)
        return self.attributes.get(name, default)

    def boolean(self, name, default=None):
        """An attribute that is true or false."""
        text = self.get(name)
        if not text:
            return default
        if text.lower() not in TRUE | FALSE:
            raise self.wrong(name, 'is neither true nor false')
        return text.lower() in TRUE

    def number(self, name, default=None, low=0, high=2 ** 32 - 1):
        """An attribute that is a number, decimal or 0x..."""
        text = self.get(name).strip()
        if not text:
            return default
        return self.parsed(text, name, low, high)

    def parsed(self, text, name, low, high):
        """A number within bounds."""
        try:
            value = int(text, 16 if text.lower().startswith('0x') else 10)
        except ValueError:
            raise self.failed(f'{name}="{text[:80]}" is not a number'
                              ) from None
        if not low <= value <= high:
            raise self.failed(f'{name}="{text[:80]}" is not within {low} to '
                              f'{high}')
        return value

    def choice(self, name, choices, default=None):
        """An attribute that is one of the keys; returns what it stands for."""
        text = self.get(name)
        if not text:
            return default
        for known, value in choices.items():
            if known.lower() == text.lower():
                return value
        raise self.wrong(name, 'is not known; known are '
                         + ', '.join(choices))

    def child(self, name):
        """The first element of that name, or an empty one."""
        for node in self.children:
            if node.name == name:
                return node.use()
        return Node(self.file, name, {}, self.line)

    def each(self, *names):
        """All elements of these names."""
        return [node.use() for node in self.children if node.name in names]

    def use(self):
        """Take note that somebody reads this element."""
        self._used = True
        return self

    def use_all(self):
        """Somebody takes care of all that is in it."""
        self._used, self._unread = True, set()
        for node in self.children:
            node.use_all()
        return self

    def body(self):
        """The text in the element."""
        return self.text.strip()

    def wrong(self, name, problem):
        """An ImportFailed about an attribute, to be raised."""
        return self.failed(f'{name}="{self.attributes.get(name, "")[:80]}" '
                           f'{problem}')

    def failed(self, problem):
        """An ImportFailed about the element, to be raised."""
        return ImportFailed(self.file, f'line {self.line}: <{self.name}>: '
                            f'{problem}')

    def unread(self, path=''):
        """(path, value) of each attribute and element nobody asked for."""
        path = f'{path}/{self.name}' if path else self.name
        for name in sorted(self._unread):
            yield f'{path}/@{name}', self.attributes[name]
        for node in self.children:
            if node._used:
                yield from node.unread(path)
            else:
                yield f'{path}/{node.name}', node.summary()

    def summary(self):
        """An element on one line."""
        words = [f'{name}="{value}"' for name, value
                 in self.attributes.items()]
        if self.children:
            words.append(f'{len(self.children)} elements')
        return ' '.join([*words, self.body()]).strip()[:200]


def _local(name):
    return name.rpartition(' ')[2]


class _Builder:
    """What expat calls."""

    def __init__(self, file):
        self.file, self.root, self.open, self.count = file, None, [], 0
        # No prefixes: a name is 'namespace local'
        self.parser = expat.ParserCreate(namespace_separator=' ')
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = lambda name: self.open.pop()
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def start(self, name, attributes):
        self.count += 1
        if self.count > MAX_NODES or len(self.open) >= MAX_DEPTH:
            raise self.failed('too many elements')
        node = Node(self.file, _local(name), {
            _local(key): value for key, value in attributes.items()},
            self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node.use()
        self.open.append(node)

    def data(self, text):
        if self.open:
            self.open[-1].text += text

    def refuse_doctype(self, *_):
        raise self.failed('document type declarations are not accepted')

    def failed(self, problem):
        return ImportFailed(self.file, f'line {self.parser.CurrentLineNumber}:'
                            f' {problem}')


def parse(file, data):
    """The root element of an XML file; `file` is for messages."""
    builder = _Builder(file)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ImportFailed(file, f'is not well-formed XML: {error}') from None
    except (ValueError, LookupError) as error:      # unknown encodings
        raise ImportFailed(file, f'cannot be read as XML: {error}') from None
    return builder.root
