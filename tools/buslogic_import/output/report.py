# SPDX-License-Identifier: GPL-2.0-or-later
"""The report, for people."""

import textwrap

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
    count = {fidelity: sum(item.fidelity is fidelity
                           for item in report.decisions)
             for fidelity in Fidelity}
    lines = [f'{printable(machine.name)}: {machine.source.value}, '
             f'imported by buslogic-import {version()}',
             f'from {printable(machine.path)}', '']
    lines += [f'{count[item]:4} {item.value:12}  {MEANINGS[item]}'
              for item in Fidelity]
    for fidelity in reversed(Fidelity):
        chosen = [item for item in report.decisions
                  if item.fidelity is fidelity]
        if chosen:
            lines.append('')
        for decision in chosen:
            lines += decision_lines(decision)
    return '\n'.join(lines) + '\n'


def decision_lines(decision):
    """One decision, wrapped; options of QEMU stay in one piece."""
    lines = _wrapped(f'{decision.fidelity.value:12}  '
                     f'{printable(decision.setting)}: '
                     f'{printable(decision.source)}')
    if decision.result:
        lines += _wrapped(f'{INDENT}-> {printable(decision.result)}', 3)
    if decision.reason:
        lines += _wrapped(f'{INDENT}{printable(decision.reason)}')
    return lines


def _wrapped(text, more=0):
    return textwrap.wrap(text, WIDTH, break_long_words=False,
                         break_on_hyphens=False, drop_whitespace=False,
                         subsequent_indent=INDENT + ' ' * more) or [text]
