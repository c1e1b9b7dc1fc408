# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that are packed, or members of an archive."""

import gzip
import zlib

from buslogic_import.errors import ImportFailed

START = 1 << 20                 # bytes that are looked at
CHUNK = 1 << 20


def start_of(medium):
    """How an image begins, unpacked if it is packed."""
    data = b''
    for chunk in unpacked(medium):
        data += chunk
        if len(data) >= START:
            break
    return data[:START]


def unpacked_size(medium):
    """In bytes; a packed one has to be unpacked for that."""
    return sum(map(len, unpacked(medium)))


def unpacked(medium):
    """The bytes of a medium in pieces."""
    with open(medium.path, 'rb') as file:
        file.seek(medium.offset)
        if medium.compressed:
            yield from _gunzipped(medium.path, file)
            return
        left = medium.size
        while data := file.read(CHUNK if left is None else min(CHUNK, left)):
            left = None if left is None else left - len(data)
            yield data


def _gunzipped(path, file):
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while data := packed.read(CHUNK):
                yield data
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFailed(path, f'cannot be unpacked: {error}') from None
