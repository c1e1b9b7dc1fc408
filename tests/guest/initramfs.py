# SPDX-License-Identifier: GPL-2.0-or-later
"""The initramfs of all guests: busybox, the modules, tools, /init."""

import lzma
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from guest.paths import GUEST_DIR, OUT, Missing, tool
from guest.userspace import HostPrograms, programs_for

# What a guest may load. Their dependencies are found in the modules
# themselves; the crypto algorithms are asked for by name at run time, so
# no dependency mentions them.
ALGORITHMS = ['crct10dif_generic', 'crc32c_generic', 'crc64_rocksoft_generic']
DRIVERS = ['sd_mod', 'sr_mod', 'sg', 'ext4', 'isofs']


class Contents(NamedTuple):
    """What is in an initramfs beside what all guests need."""

    name: str
    hba_drivers: tuple
    tools: tuple                # (program, its package)


USUAL = Contents('initramfs', ('BusLogic', 'aha1542'),
                 (('sg_raw', 'sg3-utils'), ('sg_reset', 'sg3-utils')))


def _module_files(kernel):
    """Path of every module by its name as the kernel spells it."""
    return {path.name.split('.ko')[0].replace('-', '_'): path
            for path in kernel.modules.rglob('*.ko*')}


def _contents(path):
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == '.xz' else data


def _depends(data):
    """The list that modpost left in the module's .modinfo section."""
    match = re.search(rb'\0depends=([^\0]*)\0', data)
    names = match.group(1).decode() if match else ''
    return [name.replace('-', '_') for name in names.split(',') if name]


def _load_order(kernel, hba_drivers):
    """{name: (contents, depends)}, every module after what it needs."""
    files, order = _module_files(kernel), {}

    def add(name):
        if name in order or name not in files:
            return              # built in, or not of this kernel
        data = _contents(files[name])
        needs = _depends(data)
        for other in needs:
            add(other)
        order[name] = (data, needs)

    for name in [*ALGORITHMS, *DRIVERS, *hba_drivers]:
        add(name)
    return order


def _dependency_line(name, order):
    """One line of modules.dep: the module, then all that it needs."""
    needs, todo = [], [name]
    while todo:
        for other in order[todo.pop(0)][1]:
            if other in order and other not in needs:
                needs.append(other)
                todo.append(other)
    # busybox inserts from the end of the line.
    needs.sort(key=list(order).index, reverse=True)
    return f'{name}.ko:' + ''.join(f' {other}.ko' for other in needs)


def _add_modules(root, kernel, hba_drivers):
    order = _load_order(kernel, hba_drivers)
    folder = root / 'lib/modules' / kernel.release
    folder.mkdir(parents=True)
    for name, (data, _) in order.items():
        (folder / f'{name}.ko').write_bytes(data)
    lines = [_dependency_line(name, order) for name in order]
    (folder / 'modules.dep').write_text('\n'.join(lines) + '\n')
    # What /init loads before an adapter's driver, in this order.
    early = [name for name in order if name not in hba_drivers]
    (root / 'lib/early-modules').write_text(' '.join(early) + '\n')


def _add_file(root, target, source):
    path = root / target.lstrip('/')
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, path)


def _add_tool(root, programs, name, package):
    """A dynamically linked Debian program with the libraries it needs."""
    program = programs.program(name, package)
    _add_file(root, f'/usr/bin/{name}', program)
    for target, source in programs.libraries(program).items():
        _add_file(root, target, source)


def add_busybox(root, programs=HostPrograms):
    """A statically linked shell with all small tools."""
    program = Path(programs.program('busybox', 'busybox-static'))
    if b'ld-linux' in program.read_bytes()[:4096]:
        raise Missing('busybox must be static: apt-get install busybox-static')
    _add_file(root, '/bin/busybox', program)
    (root / 'bin/sh').symlink_to('busybox')


def _pack(root, image):
    """Replaces the image in one step: others may be about to boot it."""
    partial = image.with_suffix('.partial')
    names = sorted(str(path.relative_to(root)) for path in root.rglob('*'))
    with open(partial, 'wb') as out:
        subprocess.run([tool('cpio', 'cpio'), '--quiet', '-o', '-H', 'newc',
                        '-R', '0:0'], cwd=root, stdout=out, check=True,
                       input='\n'.join(names).encode())
    partial.rename(image)


def build(kernel, contents=USUAL):
    """Make the initramfs for a kernel and return its path."""
    image = OUT / f'{contents.name}-{kernel.name}.cpio'
    root, programs = image.with_suffix(''), programs_for(kernel)
    shutil.rmtree(root, ignore_errors=True)
    for name in ('dev', 'proc', 'sys', 'tmp', 'mnt', 'sbin'):
        (root / name).mkdir(parents=True)
    add_busybox(root, programs)
    _add_modules(root, kernel, contents.hba_drivers)
    for name, package in contents.tools:
        _add_tool(root, programs, name, package)
    shutil.copy(GUEST_DIR / 'init', root / 'init')
    shutil.copy(GUEST_DIR / 'lib.sh', root / 'lib/lib.sh')
    _pack(root, image)
    return image
