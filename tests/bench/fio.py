# SPDX-License-Identifier: GPL-2.0-or-later
"""fio: how it is called in the guest, and what it answers."""

# Fields of fio's terse format, version 3, counted from 0: those of the reads,
# then as many for the writes (its HOWTO, "TERSE OUTPUT").
_ERROR = 4
_READS, _PER_DIRECTION = 5, 41
_KIB, _KIB_PER_SECOND, _IOPS = 0, 1, 2
_PERCENTILES = slice(12, 32)
_MEAN_LATENCY = 34              # us, from submission to completion


def command(device, load, limit):
    """fio for a workload; `limit` is how it is told when to stop."""
    return (f'fio --name=bench --filename={device} --direct=1 '
            f'--ioengine=libaio --rw={load.pattern} --bs={load.block_kib}k '
            f'--iodepth={load.depth} --norandommap --percentile_list=99 '
            f'{limit} --output-format=terse --terse-version=3')


def for_seconds(seconds):
    """A limit: so long, after half a second that does not count."""
    return f'--time_based --runtime={seconds} --ramp_time=500ms'


def for_requests(count):
    """A limit: exactly so many."""
    return f'--number_ios={count}'


def parse(output, load):
    """What fio has measured; ValueError if it failed."""
    lines = [line for line in output.splitlines() if line.startswith('3;')]
    if len(lines) != 1:
        raise ValueError(f'fio: {output}')
    fields = lines[0].split(';')
    if fields[_ERROR] != '0':
        raise ValueError(f'fio: error {fields[_ERROR]}')
    first = _READS + (_PER_DIRECTION if load.writes else 0)
    part = fields[first:first + _PER_DIRECTION]
    p99 = [item.split('=')[1] for item in part[_PERCENTILES]
           if item.startswith('99.')]
    return {'requests': int(part[_KIB]) // load.block_kib,
            'iops': int(part[_IOPS]),
            'kib_per_second': int(part[_KIB_PER_SECOND]),
            'latency_us': float(part[_MEAN_LATENCY]),
            'p99_us': float(p99[0])}
