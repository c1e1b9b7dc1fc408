# SPDX-License-Identifier: GPL-2.0-or-later
"""Rounds of measurements, which go on without a guest that fails."""

import sys

from guest.vm import GuestError

# What a guest that hangs, and one that talks nonsense, lead to
FAILURES = (GuestError, ValueError, OSError)


def say(text):
    """What is being done."""
    print(f'  {text}', file=sys.stderr, flush=True)


class Rounds:
    """Guests of several adapters; only one of them runs at a time.

    `boot` makes the guest of an adapter, ready and standing still.
    """

    def __init__(self, adapters, loads, boot):
        self.adapters, self.loads, self.boot = adapters, loads, boot
        self.guests = {}                # by name of the adapter
        self.failed = {}                # why, by (adapter, workload)
        for adapter in adapters:
            self._boot(adapter)

    def _boot(self, adapter):
        say(f'BOOT    {adapter.name}')
        self.guests.pop(adapter.name, None)
        try:
            self.guests[adapter.name] = self.boot(adapter)
        except FAILURES as error:
            for load in self.loads:
                self._fail(adapter, load, error)

    def _fail(self, adapter, load, error):
        reason = str(error).partition('\n')[0][:200]
        if (adapter.name, load.name) not in self.failed:
            self.failed[adapter.name, load.name] = reason
            say(f'FAILED  {load.name} {adapter.name}: {reason}')

    def _try(self, adapter, load, deed):
        """What deed(guest) returns; None if it fails or has failed before.

        A guest that has failed is replaced: who knows what it does next.
        """
        if (adapter.name, load.name) in self.failed:
            return None
        guest = self.guests[adapter.name]
        try:
            return deed(guest)
        except FAILURES as error:
            self._fail(adapter, load, error)
            guest.kill()
            self._boot(adapter)
            return None

    def _count(self):
        """{(adapter, workload): accesses to registers}."""
        counts = {}
        for load in self.loads:
            for adapter in self.adapters:
                say(f'COUNT   {load.name} {adapter.name}')
                counts[adapter.name, load.name] = self._try(
                    adapter, load, lambda guest, load=load: guest.count(load))
        return counts

    def measure(self, rounds, seconds):
        """All measurements, but for adapters that fail with a workload."""
        counts, measured = self._count(), []
        for number in range(rounds):
            for load in self.loads:
                for adapter in (self.adapters[::-1] if number % 2 else
                                self.adapters):
                    say(f'BENCH   {number + 1}/{rounds} {load.name} '
                        f'{adapter.name}')
                    result = self._try(adapter, load, lambda guest, load=load:
                                       guest.measure(load, seconds))
                    if result:
                        measured.append({
                            'round': number, 'adapter': adapter.name,
                            'workload': load.name, **result,
                            **counts[adapter.name, load.name]})
        return [item for item in measured if
                (item['adapter'], item['workload']) not in self.failed]
