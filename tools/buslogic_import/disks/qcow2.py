# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes qcow2 images, for what qemu-img cannot read."""

import struct

CLUSTER_BITS = 16
CLUSTER = 1 << CLUSTER_BITS
AREA = 64 << 20                 # what is skipped at once
MAGIC, VERSION = 0x514649fb, 3
HEADER = struct.Struct('>IIQIIQIIQQIIQQQQII')
HEADER_LENGTH = 104
BACKING_FORMAT = 0xe2792aca     # a header extension
COPIED, IS_ZERO = 1 << 63, 1
ENTRIES = CLUSTER // 8          # of an L2 table
REFCOUNTS = CLUSTER // 2        # 16 bits each, in a block
MAX_BACKING = 1023              # bytes of a name


class Writer:
    """An image that is written from start to end.

    Clusters may be left out; the others come in ascending order.  The image
    is valid once finish() has returned.
    """

    def __init__(self, file, size, backing=None):
        """`backing` is the (name, format) of an image, or None."""
        self.file, self.size, self.backing = file, size, backing
        self.clusters = -(-size // CLUSTER)
        self.l1 = [0] * max(-(-self.clusters // ENTRIES), 1)
        self.table, self.entries = 0, None      # the L2 table in work
        self.next = 1                   # the header is in the first cluster
        file.truncate(CLUSTER)

    def add(self, index, data):
        """A cluster with data, or zeros if that is None."""
        entry = IS_ZERO
        if data is not None:
            self.file.seek(self.next * CLUSTER)
            self.file.write(data.ljust(CLUSTER, b'\0'))
            entry = self.next * CLUSTER | COPIED
            self.next += 1
        if self.entries is None or index // ENTRIES != self.table:
            self._end_table()
            self.table, self.entries = index // ENTRIES, [0] * ENTRIES
        self.entries[index % ENTRIES] = entry

    def _end_table(self):
        """Write the L2 table: all of them would take too much memory."""
        if self.entries is not None:
            self.l1[self.table] = self.next * CLUSTER | COPIED
            self._append(struct.pack(f'>{ENTRIES}Q', *self.entries))

    def finish(self):
        """Write the tables and the header."""
        self._end_table()
        l1_at = self.next * CLUSTER
        self._append(struct.pack(f'>{len(self.l1)}Q', *self.l1))
        table_at, table_clusters = self._write_refcounts()
        self._write_header(len(self.l1), l1_at, table_at, table_clusters)

    def _append(self, data):
        """Data in clusters of their own."""
        self.file.seek(self.next * CLUSTER)
        count = -(-len(data) // CLUSTER)
        self.file.write(data.ljust(count * CLUSTER, b'\0'))
        self.next += count

    def _write_refcounts(self):
        """Everything is used once, the refcounts themselves too."""
        used, blocks, table_clusters = self.next, 0, 0
        while True:
            total = used + blocks + table_clusters
            more = -(-total // REFCOUNTS)
            clusters = -(-more * 8 // CLUSTER)
            if (more, clusters) == (blocks, table_clusters):
                break
            blocks, table_clusters = more, clusters
        first = self.next
        for block in range(blocks):
            count = min(REFCOUNTS, total - block * REFCOUNTS)
            self._append(b'\0\1' * count)
        table_at = self.next * CLUSTER
        self._append(struct.pack(f'>{blocks}Q', *(
            (first + block) * CLUSTER for block in range(blocks))))
        return table_at, table_clusters

    def _write_header(self, l1_size, l1_at, table_at, table_clusters):
        extensions, name = b'', b''
        if self.backing:
            name = self.backing[0].encode('utf-8', 'surrogateescape')
            kind = self.backing[1].encode()
            extensions = struct.pack('>II', BACKING_FORMAT, len(kind)) + (
                kind.ljust(-(-len(kind) // 8) * 8, b'\0'))
        extensions += bytes(8)          # the end of them
        name_at = HEADER_LENGTH + len(extensions) if name else 0
        header = HEADER.pack(
            MAGIC, VERSION, name_at, len(name), CLUSTER_BITS, self.size, 0,
            l1_size, l1_at, table_at, table_clusters, 0, 0, 0, 0, 0,
            4, HEADER_LENGTH)
        self.file.seek(0)
        self.file.write(header + extensions + name)


def write_chain(file, top, whole, backing, advance):
    """What the chain `top` has, on top of a backing image.

    `whole` is the same chain down to the backing image, for clusters of which
    `top` has a part only.  `advance` is called with numbers of bytes that are
    done.
    """
    writer = Writer(file, top.size, backing)
    # Large disks are mostly empty: do not look at each cluster of that.
    for first in range(0, top.size, AREA):
        after = min(first + AREA, top.size)
        if not top.has_some(first, after, zeros=bool(backing)):
            advance(after - first)
            continue
        for start in range(first, after, CLUSTER):
            end = min(start + CLUSTER, after)
            if top.has_some(start, end, zeros=bool(backing)):
                data = whole.read(start, end)
                if data.strip(b'\0'):
                    writer.add(start // CLUSTER, data)
                elif backing:
                    writer.add(start // CLUSTER, None)
            advance(end - start)
    writer.finish()
