# SPDX-License-Identifier: GPL-2.0-or-later
"""The graphics card."""

import math

# By what VirtualBox calls them: driver, decision, reason
CARDS = {
    'VBoxVGA': ('VGA', 'approximated', 'a VGA with VESA modes as well, but '
                "VirtualBox's own driver does not know it"),
    'VBoxSVGA': ('VGA', 'approximated', 'a VGA with VESA modes as well, but '
                 "VirtualBox's own driver does not know it"),
    'VMSVGA': ('vmware-svga', 'equivalent', 'the same interface, without 3D'),
    'QemuRamFB': ('ramfb', 'exact', ''),
    'std': ('VGA', 'approximated', ''),
    'cirrus': ('cirrus-vga', 'approximated', ''),
    'qxl': ('qxl-vga', 'approximated', ''),
}
WITH_MEMORY = ('VGA', 'vmware-svga', 'cirrus-vga', 'qxl-vga')
MEMORY_MIB = (1, 256)


def map_graphics(context):
    """The card and what the source says about it."""
    display = context.machine.display
    kind = display.controller or (
        'VBoxVGA' if context.is_virtualbox else 'VMSVGA')
    chosen = context.choices.model(kind)
    if chosen == 'None':
        context.report.exact('graphics card', 'None', 'nothing')
    else:
        name = context.choices.pick(chosen, CARDS, 'graphics card')
        _map_card(context, kind, name, chosen != kind)
    _report_rest(context)


def _map_card(context, kind, name, replaced):
    driver, fidelity, why = CARDS[name]
    vram, properties = context.machine.display.vram, {}
    if driver != 'ramfb':
        slot, same = context.slots.take('vga')
        properties['addr'] = f'{slot:#x}'
        context.report_slot('graphics card', same, None, slot)
    if driver in WITH_MEMORY and vram is not None:
        properties['vgamem_mb'] = _memory(context, vram)
    elif vram is not None:
        context.report.equivalent('graphics memory', f'{vram} MiB',
                                  'as much as the mode needs',
                                  f'{driver} has none of its own')
    context.options.remark(f'Graphics card: {kind}')
    option = context.options.device(driver, properties, native=True)
    context.options.graphics = (driver, properties)
    if replaced:
        fidelity, why = 'approximated', 'replaced as you said'
    said = context.machine.display.controller or f'not said; {kind} is usual'
    getattr(context.report, fidelity)('graphics card', said, option,
                                      *([why] if why else []))


def _memory(context, vram):
    """MiB that QEMU can have: powers of two."""
    low, high = MEMORY_MIB
    size = min(max(1 << math.ceil(math.log2(max(vram, 1))), low), high)
    result = f'vgamem_mb={size}'
    if size == vram:
        context.report.exact('graphics memory', f'{vram} MiB', result)
    else:
        context.report.approximated('graphics memory', f'{vram} MiB', result,
                                    f'powers of two up to {high}')
    return size


def _report_rest(context):
    display, report = context.machine.display, context.report
    if display.monitors != 1:
        report.dropped('monitors', display.monitors, 'QEMU has one a card')
    if display.accelerate_3d:
        report.dropped('3D acceleration', 'on', 'the card has none')
    if display.accelerate_2d:
        report.dropped('2D video acceleration', 'on', 'the card has none')
    if display.remote:
        report.equivalent('remote display', display.remote,
                          '-display vnc=...', 'the guest does not see it; '
                          'VNC instead of RDP')
