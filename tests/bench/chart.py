# SPDX-License-Identifier: GPL-2.0-or-later
"""The ratios as bars, drawn by gnuplot."""

import subprocess

from bench import report
from guest.paths import tool

SCRIPT = '''
set terminal svg size 900,420 font "sans,12" background rgb "white"
set output "{output}"
set style data histogram
set style histogram clustered gap 2 title offset 0,0
set style fill solid 0.8 border -1
set grid ytics
set yrange [0:*]
set ylabel "IOPS relative to the BusLogic adapter"
set key outside top center horizontal
set xtics scale 0
set bmargin 4
set title "Other SCSI adapters of the same QEMU, BusLogic = 1 (median)"
plot for [i=2:{columns}] $data using i:xtic(1) title columnheader(i), \\
    1 with lines dashtype 2 linecolor "black" notitle
'''


def _label(workload):
    """In two lines, so that they stand side by side."""
    words = workload.split('-')
    return ' '.join(words[:2]) + '\\n' + ' '.join(words[2:])


def _rows(measured):
    rows = report.ratios(measured)
    others = list(dict.fromkeys(name for row in rows.values()
                                for name in row))
    yield [f'"{name}"' for name in ('workload', *others)]
    for workload, row in rows.items():
        values = [row.get(name, (0,))[0] for name in others]
        yield [f'"{_label(workload)}"',
               *(f'{1 / value:.3f}' if value else 'NaN' for value in values)]


def draw(measured, output):
    """An SVG file: a group of bars for each workload.

    None if nothing can be compared.
    """
    rows = list(_rows(measured))
    if len(rows[0]) == 1:
        return
    data = '\n'.join(' '.join(row) for row in rows)
    script = f'$data << END\n{data}\nEND\n' + SCRIPT.format(
        output=output, columns=len(rows[0]))
    subprocess.run([tool('gnuplot', 'gnuplot-nox')], input=script, text=True,
                   check=True)
