# SPDX-License-Identifier: GPL-2.0-or-later
"""What became of each setting of the machine, and why."""

import enum
from dataclasses import dataclass, field


class Fidelity(enum.Enum):
    """How much of a setting survives, best first."""

    EXACT = 'exact'                 # the guest sees the same
    EQUIVALENT = 'equivalent'       # the guest cannot tell, or does not care
    APPROXIMATED = 'approximated'   # the guest sees something else
    DROPPED = 'dropped'             # the guest does not see it any more


@dataclass(frozen=True)
class Decision:
    """One line of the report."""

    fidelity: Fidelity
    setting: str        # what it is about: 'disk controller "SCSI"'
    source: str         # what the source says: 'BusLogic, 16 ports'
    result: str = ''    # what QEMU gets: '-device buslogic'; '' for nothing
    reason: str = ''    # needed for all but EXACT


@dataclass
class Report:
    """Collects decisions in the order in which they are made."""

    decisions: list[Decision] = field(default_factory=list)

    def exact(self, setting, source, result):
        """The guest sees the same."""
        self._add(Fidelity.EXACT, setting, source, result)

    def equivalent(self, setting, source, result, reason):
        """The guest cannot tell, or does not care."""
        self._add(Fidelity.EQUIVALENT, setting, source, result, reason)

    def approximated(self, setting, source, result, reason):
        """The guest sees something else."""
        self._add(Fidelity.APPROXIMATED, setting, source, result, reason)

    def dropped(self, setting, source, reason):
        """The guest does not see it any more."""
        self._add(Fidelity.DROPPED, setting, source, '', reason)

    def _add(self, fidelity, setting, source, result='', reason=''):
        self.decisions.append(
            Decision(fidelity, setting, str(source), result, reason))
