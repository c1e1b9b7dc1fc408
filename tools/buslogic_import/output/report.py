# SPDX-License-Identifier: GPL-2.0-or-later
"""The report, for people."""

import shlex
import textwrap
from collections import Counter
from pathlib import Path

from buslogic_import.errors import printable
from buslogic_import.report import Fidelity
from buslogic_import.version import version

WIDTH = 79
INDENT = ' ' * 14

MEANINGS = {
    Fidelity.EXACT: 'the guest sees the same',
    Fidelity.EQUIVALENT: 'the guest cannot tell, or does not care',
    Fidelity.APPROXIMATED: 'the guest sees something else',
    Fidelity.DROPPED: 'the guest does not see it any more',
}


def report_text(machine, report):
    """All decisions, those that matter most first."""
    lines = [*heading(machine), '', *_counts(report),
             *_decisions(report, reversed(Fidelity))]
    return '\n'.join(lines) + '\n'


def summary(report, folder):
    """What a person has to know at once."""
    lines = [*_counts(report),
             *_decisions(report, [Fidelity.DROPPED, Fidelity.APPROXIMATED]),
             '', f'Everything: {_quoted(folder / "report.txt")}',
             f'Start it:   {_quoted(folder / "run")}']
    return '\n'.join(lines) + '\n'


def _quoted(path):
    """As a shell needs it, and relative if it is below where we are."""
    if path.is_relative_to(Path.cwd()):
        path = f'./{path.relative_to(Path.cwd())}'
    return printable(shlex.quote(str(path)))


def _counts(report):
    """How many decisions of each kind there are."""
    count = Counter(item.fidelity for item in report.decisions)
    return [f'{count[item]:4} {item.value:12}  {MEANINGS[item]}'
            for item in Fidelity]


def _decisions(report, fidelities):
    """These decisions, each kind after an empty line."""
    lines = []
    for fidelity in fidelities:
        chosen = [item for item in report.decisions
                  if item.fidelity is fidelity]
        lines += [''] if chosen else []
        for decision in chosen:
            lines += decision_lines(decision)
    return lines


def heading(machine):
    """Which machine it is about."""
    return [f'{printable(machine.name)}: {machine.source.value}, '
            f'imported by buslogic-import {version()}',
            f'from {printable(machine.path)}']


def decision_lines(decision):
    """One decision, wrapped; options of QEMU stay in one piece."""
    lines = _wrapped(f'{decision.setting}: {decision.source}',
                     f'{decision.fidelity.value:12}  ')
    if decision.result:
        lines += _wrapped(decision.result, f'{INDENT}-> ')
    if decision.reason:
        lines += _wrapped(decision.reason, INDENT)
    return lines


def _wrapped(text, start):
    """Lines that begin below the end of the start."""
    return textwrap.wrap(printable(text), WIDTH, initial_indent=start,
                         subsequent_indent=' ' * len(start),
                         break_long_words=False, break_on_hyphens=False)
