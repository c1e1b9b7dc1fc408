# SPDX-License-Identifier: GPL-2.0-or-later
"""How far something that takes long has come."""

import sys
import time

WIDTH = 30
INTERVAL = 0.2                  # seconds between two drawings
UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']


def human(size):
    """A size in bytes for people."""
    for unit in UNITS[:-1]:
        if size < 1024:
            break
        size /= 1024
    else:
        unit = UNITS[-1]
    return f'{size:.0f} {unit}' if unit == 'B' else f'{size:.1f} {unit}'


class Progress:
    """A bar on a terminal's stderr; nothing anywhere else."""

    def __init__(self, total, quiet=False, out=None, clock=time.monotonic):
        """Of `total` bytes."""
        self.total = total
        self.done = 0
        self.out = sys.stderr if out is None else out
        self.shown = not quiet and self.out.isatty() and self.total > 0
        self.clock = clock
        self.begin = clock()
        self.last = self.begin - INTERVAL

    def advance(self, count):
        """So many bytes more are done."""
        self.done = min(self.done + count, self.total)
        now = self.clock()
        if self.shown and now - self.last >= INTERVAL:
            self.last = now
            self._draw(now)

    def finish(self):
        """Remove the bar."""
        if self.shown:
            self.out.write('\r\033[K')
            self.out.flush()

    def _draw(self, now):
        part = self.done / self.total
        seconds = max(now - self.begin, 0.001)
        rate = self.done / seconds
        left = (self.total - self.done) / rate if rate else 0
        bar = '#' * int(part * WIDTH)
        self.out.write(
            f'\r\033[K[{bar:<{WIDTH}}] {part:4.0%}  {human(self.done)} of '
            f'{human(self.total)}, {human(rate)}/s, '
            f'{int(left) // 60}:{int(left) % 60:02} left')
        self.out.flush()
