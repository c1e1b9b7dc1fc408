# SPDX-License-Identifier: GPL-2.0-or-later
"""Images on top of each other."""


class Layer:
    """An image that has all or some of a disk.

    Subclasses have `path`, `size` (of the disk, in bytes), `block_size` (what
    it has is a multiple of that, in bytes) and extents().
    """

    def has_uuid(self, text):
        """Whether VirtualBox calls it so."""
        return str(self.uuid) == text

    def extents(self, start, end):
        """(start, length, position) of what it has within an area.

        In order, without overlaps, and within `size`.  The position is that
        in the file, or None for zeros.  What is not in here is in the layer
        below.
        """
        raise NotImplementedError


class Chain:
    """Layers from the top one down to the base."""

    def __init__(self, layers):
        self.layers = layers
        self.size = layers[0].size
        self._files = {}

    def __enter__(self):
        for layer in self.layers:
            self._files[layer] = open(layer.path, 'rb')
        return self

    def __exit__(self, *_):
        for file in self._files.values():
            file.close()

    def pieces(self, start, end, depth=0):
        """(start, length, layer, position) of an area.

        The layer is None where no layer has anything.  Where the base of
        other sizes ends, there are zeros (position None).
        """
        if depth == len(self.layers):
            yield start, end - start, None, None
            return
        layer = self.layers[depth]
        inside = min(end, layer.size)
        for first, length, position in layer.extents(start, inside) if (
                start < inside) else ():
            if first > start:
                yield from self.pieces(start, first, depth + 1)
            yield first, length, layer, position
            start = first + length
        if start < inside:
            yield from self.pieces(start, inside, depth + 1)
            start = inside
        if start < end:
            yield start, end - start, layer, None

    def read(self, start, end):
        """The bytes of an area; zeros where no layer has anything."""
        data = bytearray(end - start)
        for first, length, layer, position in self.pieces(start, end):
            if layer is not None and position is not None:
                file = self._files[layer]
                file.seek(position)
                part = file.read(length)
                data[first - start:first - start + len(part)] = part
        return bytes(data)

    def has_some(self, start, end, zeros):
        """Whether any layer has data of an area, or zeros if they count."""
        return any(layer is not None and (zeros or position is not None)
                   for _, _, layer, position in self.pieces(start, end))
