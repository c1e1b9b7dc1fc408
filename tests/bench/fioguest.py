# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest with one of the adapters and a disk of each kind behind it."""

from bench import counters, fio
from bench.adapters import ADAPTERS
from bench.workloads import DISKS
from guest import initramfs, prepare
from guest.shell import GuestShell
from guest.vm import VirtualMachine

# How many requests are counted port access by port access
COUNTED = 500

CONTENTS = initramfs.Contents(
    'bench', tuple(name for adapter in ADAPTERS for name in adapter.drivers),
    (('fio', 'fio'),))


def _disk_options(sources):
    """QEMU's options for the disks; `sources` has the block nodes."""
    words = []
    for target, (name, node) in enumerate(sources.items()):
        words += ['-blockdev', f'{node},node-name={name}', '-device',
                  f'scsi-hd,bus=hba.0,scsi-id={target},drive={name}']
    return words


class BenchGuest(GuestShell, VirtualMachine):
    """Runs fio when told to, and stands still otherwise."""

    def __init__(self, adapter, folder, sources):
        kernel, image = prepare.guest_files(contents=CONTENTS)
        self.adapter = adapter
        self._trace = folder / f'{adapter.name}.log'
        drivers = ' '.join(f'hba={name}' for name in adapter.drivers)
        # Or the guest reads a slow clock twice for each request
        append = f'console=ttyS1 tsc=reliable scsi_mod.scan=sync {drivers}'
        super().__init__(folder, 'pc', [
            '-m', '512', '-D', str(self._trace),
            '-serial', f'file:{folder / "kernel.log"}',
            '-kernel', str(kernel.image), '-initrd', str(image),
            '-append', append, '-device', adapter.option,
            *_disk_options(sources)], adapter.binary)

    def boot(self):
        """Until the disks are there; then it stands still."""
        self.launch()
        self.wait_ready()
        self.run(f'wait_disks {len(DISKS)}')
        self.devices = {kind: self._device(mib) for kind, mib in DISKS.items()}
        self.qmp('stop')

    def measure(self, load, seconds):
        """One run of fio, with interrupts and CPU time for each request.

        The counts include what fio does before it takes the time, and so does
        the number of requests they are divided by.
        """
        device = self.devices[load.disk]
        self.qmp('cont')
        before = self._totals(device)
        result = self._fio(load, fio.for_seconds(seconds))
        after = self._totals(device)
        self.qmp('stop')
        requests, interrupts, cpu = (b - a for a, b in zip(before, after))
        result['interrupts_per_io'] = interrupts / requests
        result['cpu_us_per_io'] = cpu * 1e6 / requests
        return result

    def count(self, load):
        """Accesses to registers per request, from QEMU's trace."""
        self.qmp('cont')
        self._trace.write_text('')
        self._set_trace(True)
        result = self._fio(load, fio.for_requests(COUNTED))
        self._set_trace(False)
        self.qmp('stop')
        with open(self._trace, encoding='ascii', errors='replace') as lines:
            ours, everything = counters.accesses(lines, self.adapter.regions)
        return {'accesses_per_io': ours / result['requests'],
                'all_accesses_per_io': everything / result['requests']}

    def _fio(self, load, limit):
        command = fio.command(self.devices[load.disk], load, limit)
        return fio.parse(self.run(command), load)

    def _device(self, mib):
        """The disk of this size."""
        files = self.run(f'grep -lx {mib * 2048} /sys/block/sd*/size')
        return f'/dev/{files.split("/")[3]}'

    def _totals(self, device):
        """(requests, interrupts, CPU seconds) since boot."""
        name = device.rsplit('/', 1)[1]
        stat = self.run(f'cat /sys/block/{name}/stat').split()
        return (int(stat[0]) + int(stat[4]),
                counters.interrupts(self.run('cat /proc/interrupts')),
                counters.cpu_seconds(self.vm.get_pid()))

    def _set_trace(self, enable):
        for event in counters.ACCESS_EVENTS:
            self.qmp('trace-event-set-state',
                     {'name': event, 'enable': enable})
