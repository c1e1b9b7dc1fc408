# SPDX-License-Identifier: GPL-2.0-or-later
"""The mainboard: chipset, memory, clocks, and what the machine is called."""

from buslogic_import.mapping.options import Option, Value
from buslogic_import.model import Chipset, FirmwareKind

QEMU_MACHINE = {Chipset.PIIX3: 'pc', Chipset.ICH9: 'q35'}


def chipset(context):
    """The one that the machine gets."""
    machine = context.machine
    wanted = context.choices.model(machine.chipset.value)
    chosen = Chipset(context.choices.pick(
        wanted, [kind.value for kind in Chipset], 'chipset'))
    if machine.firmware.kind is FirmwareKind.EFI32:
        # Debian's build of it needs what only that one has.
        return Chipset.ICH9
    return chosen


def map_board(context):
    """All of it but the processors."""
    _map_identity(context)
    _map_chipset(context)
    _map_memory(context)
    _map_clock(context)
    _map_hpet(context)
    _map_iommu(context)
    _map_tpm(context)


def machine_option(context):
    """-machine, once all parts have had their say."""
    value = Value(QEMU_MACHINE[context.chipset], context.machine_type)
    return Option('machine', value, 'The mainboard')


def _map_identity(context):
    machine, report = context.machine, context.report
    context.options.remark('What it is called')
    option = context.options.add('name', '', {'guest': machine.name},
                                 native=True)
    report.exact('name', machine.name, option)
    if machine.uuid:
        option = context.options.add('uuid', machine.uuid, native=True)
        report.exact('UUID', machine.uuid, option)
    if machine.description:
        report.equivalent('description', machine.description,
                          '<description> in machine.xml',
                          'the guest does not see it')


def _map_chipset(context):
    """Reports it; what it is made of differs."""
    source = context.machine.chipset
    result = f'-machine {QEMU_MACHINE[context.chipset]}'
    # VMware's backdoor, which VirtualBox does not have
    context.machine_type['vmport'] = not context.is_virtualbox
    if context.chipset is Chipset.ICH9:
        context.machine_type['sata'] = False
    if source is not context.chipset:
        why = ('32-bit UEFI runs on that one only'
               if context.machine.firmware.kind is FirmwareKind.EFI32 else
               'replaced as you said')
        context.report.approximated('chipset', source.value, result, why)
    elif source is Chipset.ICH9:
        context.report.approximated(
            'chipset', source.value, result,
            'the same south bridge, the host bridge has another PCI ID')
    elif context.is_virtualbox:
        context.report.equivalent(
            'chipset', source.value, result,
            'the same chips; power management is part of device 1 of the PCI '
            'bus, not device 7')
    else:
        context.report.approximated(
            'chipset', '440BX', result,
            'QEMU has its predecessor, the 440FX: another PCI ID')


def _map_memory(context):
    size = context.machine.memory
    context.options.remark('Memory, in MiB')
    option = context.options.add('m', size, native=True)
    context.report.exact('memory', f'{size} MiB', option)


def _map_clock(context):
    """RTC; the script and libvirt add the offset to the host's time."""
    clock = context.machine.clock
    base = 'utc' if clock.utc else 'localtime'
    context.options.remark('The clock keeps ' + (
        'UTC' if clock.utc else 'local time'))
    option = context.options.add('rtc', '', {'base': base}, native=True)
    if clock.told:
        context.report.exact('clock', base, option)
    else:
        context.report.approximated(
            'clock', 'not told', option, 'the program that ran the machine '
            'kept UTC, local time or an offset elsewhere, as in its .nvram')
    if clock.offset_ms:
        context.options.clock_offset = round(clock.offset_ms / 1000)
        context.report.equivalent(
            'clock offset', f'{clock.offset_ms} ms',
            f'-rtc base=TIME, {context.options.clock_offset} s from the '
            "host's", 'in whole seconds')


def _map_hpet(context):
    context.machine_type['hpet'] = context.machine.hpet
    word = 'on' if context.machine.hpet else 'off'
    context.report.exact('HPET', word, f'-machine hpet={word}')


def _map_iommu(context):
    kind = context.machine.iommu
    drivers = {'Intel': 'intel-iommu', 'AMD': 'amd-iommu'}
    if kind in ('', 'None'):
        return
    if kind in drivers and context.chipset is Chipset.ICH9:
        context.options.remark('IOMMU')
        option = context.options.device(drivers[kind])
        context.report.equivalent('IOMMU', kind, option,
                                  'the same interface')
    elif context.chipset is Chipset.ICH9:
        context.report.dropped('IOMMU', kind, 'the kind is not certain; add '
                               '-device intel-iommu or -device amd-iommu')
    else:
        context.report.dropped('IOMMU', kind, 'QEMU has it for the chipset '
                               'ICH9 only')


def _map_tpm(context):
    kind = context.machine.tpm
    if kind in ('', 'None'):
        return
    context.report.dropped(
        'TPM', kind, 'what it keeps cannot be taken over; swtpm and '
        '-device tpm-tis give the guest a new one')
