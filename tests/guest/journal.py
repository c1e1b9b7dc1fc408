# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks that a guest keeps writing, and acknowledges once they are safe.

Several writers in the guest (`write_journal` in lib.sh) write their blocks
round after round, with O_DIRECT and fsync, and say so on the second serial
port. Every sector tells its writer, its block, the round and its place in the
block, so the host can tell from the image what has become of them.
"""

import re
import time

from guest.vm import GuestError

SECTOR = 512
SECTORS = 128                   # of a block


class Journal:
    """The blocks on one disk."""

    def __init__(self, writers=4, blocks=8):
        self.writers, self.blocks = writers, blocks
        # The round that a block is known to have, by (writer, block)
        self.known = {}

    @property
    def size(self):
        """Bytes on the disk."""
        return self.writers * self.blocks * SECTORS * SECTOR

    def start(self, guest, disk='/dev/sda', first=1):
        """Let the guest write, beginning with this round."""
        guest.run(f'start_journal {disk} {self.writers} {self.blocks} {first}')

    def stop(self, guests):
        """Let the last of the guests end its writing; the log is complete."""
        guests[-1].run('stop_journal')
        self._wait('journal stopped', guests)

    def wait_for_acknowledgements(self, guests, count):
        """Until the guests have acknowledged as many blocks as this more."""
        wanted = len(self.acknowledgements(guests)) + count
        deadline = time.monotonic() + guests[-1].TIMEOUT
        while len(self.acknowledgements(guests)) < wanted:
            if time.monotonic() > deadline:
                raise GuestError('the guest has stopped writing\n' +
                                 guests[-1].log_tail())
            time.sleep(0.1)

    @staticmethod
    def acknowledgements(guests):
        """All (writer, block, round) that these guests have acknowledged.

        A machine that moves may be in the middle of a line.
        """
        log = ''.join(guest.kernel_log() for guest in guests)
        found = re.findall(r'^ack (\d+) (\d+) (\d+)\r?\n', log, re.M)
        return [tuple(map(int, words)) for words in found]

    def check(self, image, acknowledged, stopped=True):
        """A raw image has every block that was acknowledged.

        Where writing was not stopped in an orderly way, there may be newer
        sectors than that; otherwise every block is exactly what it was last.
        Returns how many blocks were acknowledged.
        """
        last = dict(self.known)
        for writer, block, number in acknowledged:
            place = writer, block
            last[place] = max(number, last.get(place, 0))
        data = memoryview(image.read_bytes()[:self.size])
        for writer in range(self.writers):
            for block in range(self.blocks):
                place = writer, block
                rounds = set(self._rounds(data, writer, block))
                wanted = last.get(place, 0)
                if min(rounds) < wanted or stopped and rounds != {wanted}:
                    raise AssertionError(
                        f'block {block} of writer {writer} has sectors of the '
                        f'rounds {sorted(rounds)}, acknowledged: {wanted}')
                self.known[place] = min(rounds)
        return len(acknowledged)

    def _rounds(self, data, writer, block):
        """The round of each sector; 0 for one that was never written."""
        start = (writer * self.blocks + block) * SECTORS
        for index in range(SECTORS):
            at = (start + index) * SECTOR
            sector = bytes(data[at:at + SECTOR])
            if not any(sector):
                yield 0
                continue
            words = sector.decode('ascii', 'replace').split()
            want = [str(writer), str(block), str(index)]
            if len(words) != 4 or [*words[:2], words[3]] != want:
                raise AssertionError(
                    f'sector {start + index} should be {want}: {words}')
            yield int(words[2])

    @staticmethod
    def _wait(text, guests):
        deadline = time.monotonic() + guests[-1].TIMEOUT
        while text not in guests[-1].kernel_log():
            if time.monotonic() > deadline:
                raise GuestError(f'no "{text}" from the guest')
            time.sleep(0.1)
