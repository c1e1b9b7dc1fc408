# SPDX-License-Identifier: GPL-2.0-or-later
"""What the device adds to a QEMU source tree."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

# Files that are about one bus and are compiled only if a machine has it
BUSES = {'pci': 'PCI', 'isa': 'ISA_BUS'}

KCONFIG = '''
config BUSLOGIC
    bool
    select SCSI
'''

KCONFIG_BUS = '''
config BUSLOGIC_{bus}
    bool
    default y if {devices}
    depends on {depends}
    select BUSLOGIC
'''

# Where the rules go in hw/scsi/meson.build
RULES_BEFORE = "scsi_ss.add(when: 'CONFIG_ESP'"

# Where QEMU's generic fuzzer has its machines, and ours between two of them
FUZZ_CONFIGS = 'tests/qtest/fuzz/generic_fuzz_configs.h'
FUZZ_BEFORE = '        .name = "virtio-net-pci-slirp",'
FUZZ_CONFIG = '''        .name = "buslogic",
        .args = "-machine pc -nodefaults -device buslogic,isa-compat=primary "
        "-drive file=null-co://,file.read-zeroes=on,id=disk0,if=none,"
        "format=raw -device scsi-hd,drive=disk0,scsi-id=0 "
        "-drive file=null-co://,file.read-zeroes=on,id=cd0,if=none,"
        "format=raw -device scsi-cd,drive=cd0,scsi-id=2",
        .objects = "buslogic*",
    },{
'''


def read(name):
    """The text of one of our files."""
    return (TOP / name).read_text(encoding='utf-8')


def device_files():
    """The names of the device's sources and headers."""
    return sorted(path.name for path in (TOP / 'hw/scsi').glob('buslogic*'))


def bus_of(name):
    """Which of BUSES the source file NAME is about, None for the core."""
    match = re.fullmatch(r'buslogic-(\w+)\.c', name)
    return match[1] if match and match[1] in BUSES else None


def options_and_rules(core=''):
    """The text for hw/scsi/Kconfig, and the one for hw/scsi/meson.build.

    CORE is meson's name of another source of the core.
    """
    files = {None: []}
    for name in device_files():
        if name.endswith('.c'):
            files.setdefault(bus_of(name), []).append(name)
    options, rules = KCONFIG, []
    for bus, names in sorted(files.items(), key=lambda item: item[0] or ''):
        option = 'BUSLOGIC'
        if bus:
            option += f'_{bus.upper()}'
            options += KCONFIG_BUS.format(
                bus=bus.upper(), depends=BUSES[bus],
                devices='PCI_DEVICES' if bus == 'pci' else 'ISA_BUS')
        rules.append(_rule(option, names, '' if bus else core))
    return options, ''.join(rules)


def _rule(option, names, more):
    listed = ''.join(f"  '{name}',\n" for name in names)
    files = f'files(\n{listed})'
    if more:
        files = f'[{files}, {more}]'
    return (f"scsi_ss.add(when: 'CONFIG_{option}', if_true: {files})\n")


def bus_options():
    """The names of the options that a configuration switches on."""
    return [f'CONFIG_BUSLOGIC_{bus.upper()}' for bus in sorted(BUSES)]
