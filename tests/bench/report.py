# SPDX-License-Identifier: GPL-2.0-or-later
"""From measurements to tables.

A measurement is {'round', 'adapter', 'workload', 'iops', ...}.
"""

from statistics import median

OURS = 'buslogic'

COLUMNS = [
    ('IOPS', 'iops', '{:.0f}'), ('MiB/s', 'kib_per_second', None),
    ('mean us', 'latency_us', '{:.0f}'), ('99 % us', 'p99_us', '{:.0f}'),
    ('irq/IO', 'interrupts_per_io', '{:.2f}'),
    ('acc/IO', 'accesses_per_io', '{:.2f}'),
    ('CPU us/IO', 'cpu_us_per_io', '{:.0f}'),
]


def _names(measured, key):
    """The values of a key, in the order of their first appearance."""
    return list(dict.fromkeys(item[key] for item in measured))


def _by_round(measured, adapter, workload):
    return {item['round']: item['iops'] for item in measured
            if (item['adapter'], item['workload']) == (adapter, workload)}


def ratios(measured):
    """{workload: {adapter: (median, least, greatest)}} of ours to theirs.

    The ratio of two measurements is taken within a round, where the host was
    about as busy for both.
    """
    found = {}
    for workload in _names(measured, 'workload'):
        ours = _by_round(measured, OURS, workload)
        row = found[workload] = {}
        for adapter in _names(measured, 'adapter'):
            theirs = _by_round(measured, adapter, workload)
            values = [ours[number] / theirs[number] for number in theirs
                      if theirs[number] and number in ours]
            if adapter != OURS and values:
                row[adapter] = (median(values), min(values), max(values))
    return found


def cells(measured):
    """[{adapter, workload, medians of all that was measured}]."""
    found = []
    for workload in _names(measured, 'workload'):
        for adapter in _names(measured, 'adapter'):
            items = [item for item in measured if (
                item['adapter'], item['workload']) == (adapter, workload)]
            if items:
                cell = {'adapter': adapter, 'workload': workload}
                cell.update({key: median(item[key] for item in items)
                             for key, value in items[0].items()
                             if isinstance(value, (int, float))})
                found.append(cell)
    return found


def _show(cell, key, pattern):
    if key not in cell:
        return '-'
    if pattern is None:
        return f'{cell[key] / 1024:.1f}'
    return pattern.format(cell[key])


def table(measured):
    """The medians, for people."""
    lines, last = [], None
    head = ''.join(f'{title:>11}' for title, _, _ in COLUMNS)
    for cell in cells(measured):
        if cell['workload'] != last:
            last = cell['workload']
            lines += ['', f'{last:24}{head}']
        lines.append(f'  {cell["adapter"]:22}' + ''.join(
            f'{_show(cell, key, pattern):>11}'
            for _, key, pattern in COLUMNS))
    return '\n'.join(lines[1:])


def failures(failed):
    """A line for each {(adapter, workload): why}."""
    return '\n'.join(f'{workload:24}{adapter}: failed: {why}'
                     for (adapter, workload), why in failed.items())


def ratio_table(measured):
    """IOPS of ours divided by theirs: median, and least to greatest."""
    rows = ratios(measured)
    others = [name for name in _names(measured, 'adapter') if name != OURS]
    lines = [f'{"IOPS, buslogic / other":24}' +
             ''.join(f'{name:>18}' for name in others)]
    for workload, row in rows.items():
        line = f'{workload:24}'
        for name in others:
            text = ('{:.2f} {:.2f}-{:.2f}'.format(*row[name])
                    if name in row else '-')
            line += f'{text:>18}'
        lines.append(line)
    return '\n'.join(lines)
