# SPDX-License-Identifier: GPL-2.0-or-later
"""USB controllers, keyboards and pointing devices."""

# By what the sources call them: driver, decision, reason
CONTROLLERS = {
    'OHCI': ('pci-ohci', 'equivalent', 'the same PCI ID'),
    'EHCI': ('usb-ehci', 'approximated',
             'the same registers, another PCI ID'),
    'XHCI': ('qemu-xhci', 'approximated',
             'the same registers, another PCI ID'),
}

# Devices on USB, by what VirtualBox calls them
POINTING = {
    'USBMouse': ('usb-mouse', 'exact', ''),
    'USBTablet': ('usb-tablet', 'exact', ''),
    'ComboMouse': ('usb-mouse', 'exact', ''),
    'USBMultiTouch': ('usb-tablet', 'approximated',
                      'QEMU has no touch screen for USB'),
    'USBMTScreenPlusPad': ('usb-tablet', 'approximated',
                           'QEMU has no touch screen for USB'),
}
KEYBOARDS = {
    'USBKeyboard': ('usb-kbd', 'exact', ''),
    'ComboKeyboard': ('usb-kbd', 'exact', ''),
}
# These are part of the mainboard.
BUILT_IN = ('PS2Mouse', 'PS2Keyboard')


def map_controllers(context):
    """They come before what is plugged in."""
    for kind in context.machine.usb:
        if kind not in CONTROLLERS:
            context.report.dropped('USB controller', kind,
                                   'buslogic-import does not know it')
            continue
        driver, fidelity, why = CONTROLLERS[kind]
        slot, same = context.slots.take(kind, context.instance(kind))
        name = context.usb_buses[kind] = kind.lower()
        context.options.remark(f'USB controller: {kind}')
        option = context.options.device(driver, {
            'id': name, 'addr': f'{slot:#x}'})
        getattr(context.report, fidelity)(f'USB controller {kind}', kind,
                                          option, why)
        context.report_slot(f'USB controller {kind}', same, None, slot)


def map_input(context):
    """Keyboard and mouse."""
    machine = context.machine
    for setting, kind, table in [('mouse', machine.pointing, POINTING),
                                 ('keyboard', machine.keyboard, KEYBOARDS)]:
        if kind in BUILT_IN:
            context.report.exact(setting, kind, 'part of the mainboard')
        elif kind in table:
            _map_usb_device(context, setting, kind, *table[kind])
        elif kind == 'None':
            context.report.approximated(
                setting, kind, 'part of the mainboard',
                "QEMU's mainboards always have one")
        elif kind:
            context.report.approximated(setting, kind, 'PS/2',
                                        'QEMU has none of that kind')


def _map_usb_device(context, setting, kind, driver, fidelity, why):
    bus = context.usb_bus(slow=True)
    if not bus:
        context.report.approximated(setting, kind, 'PS/2',
                                    'the machine has no USB controller')
        return
    context.options.remark(f'USB {setting}')
    option = context.options.device(driver, {'bus': bus})
    method = getattr(context.report, fidelity)
    method(setting, kind, option, *([why] if why else []))
