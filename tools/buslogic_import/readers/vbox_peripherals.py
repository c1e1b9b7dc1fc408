# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's ports, sound, graphics and input devices."""

from buslogic_import.model import Audio, Parallel, Serial
from buslogic_import.readers.vbox_disabled import report_disabled

UARTS = {name: name for name in ('16450', '16550A', '16750')}
MODES = {name: name for name in ('Disconnected', 'RawFile', 'HostPipe',
                                 'HostDevice', 'TCP')}
AUDIO = {name: name for name in ('AC97', 'SB16', 'HDA', 'VirtioSound')}
MAX_PORT = 0xffff


def fill(machine, hardware):
    """What is in none of the other parts."""
    _fill_ports(machine, hardware)
    machine.audio = _audio(machine, hardware.child('AudioAdapter'))
    _fill_display(machine.display, hardware)
    _fill_remote(machine, hardware.child('RemoteDisplay'))
    input_devices = hardware.child('HID')
    machine.pointing = input_devices.get('Pointing')
    machine.keyboard = input_devices.get('Keyboard')
    _fill_usb(machine, hardware)


def _enabled(machine, parent, what):
    """The <Port>s that are switched on; the others are only reported."""
    for node in parent.each('Port'):
        if node.boolean('enabled', True):
            yield node
        else:
            report_disabled(machine, f'{what} {node.get("slot")}', node)


def _fill_ports(machine, hardware):
    for node in _enabled(machine, hardware.child('UART'), 'serial port'):
        machine.serials.append(Serial(
            node.number('slot', 0, 0, 7),
            node.number('IOBase', 0x3f8, 0, MAX_PORT),
            node.number('IRQ', 4, 0, 15),
            node.choice('hostMode', MODES, 'Disconnected'), node.get('path'),
            node.boolean('server', False), node.choice('uartType', UARTS,
                                                       '16550A')))
    for node in _enabled(machine, hardware.child('LPT'), 'parallel port'):
        machine.parallels.append(Parallel(
            node.number('slot', 0, 0, 3),
            node.number('IOBase', 0x378, 0, MAX_PORT),
            node.number('IRQ', 7, 0, 15), node.get('path')))


def _audio(machine, node):
    """<AudioAdapter>, if there is one."""
    if not node.attributes:
        return None
    if not node.boolean('enabled', True):
        report_disabled(machine, 'sound card', node)
        return None
    return Audio(node.choice('controller', AUDIO, 'AC97'), node.get('codec'),
                 node.get('driver'), node.boolean('enabledOut', True),
                 node.boolean('enabledIn', False))


def _fill_display(display, hardware):
    node = hardware.child('Display')
    display.controller = node.get('controller')
    display.vram = node.number('VRAMSize', None, 0, 4096)
    display.monitors = node.number('monitorCount', 1, 1, 64)
    display.accelerate_3d = bool(node.boolean('accelerate3D', False))
    display.accelerate_2d = bool(node.boolean('accelerate2DVideo', False))


def _fill_remote(machine, remote):
    """<RemoteDisplay>: VirtualBox's server for it"""
    if remote.boolean('enabled', False):
        ports = [item.get('value') for item in
                 remote.child('VRDEProperties').each('Property')
                 if item.get('name') == 'TCP/Ports']
        machine.display.remote = ports[0] if ports else '3389'
    elif remote.attributes:
        report_disabled(machine, 'remote display', remote)


def _fill_usb(machine, hardware):
    usb = hardware.child('USB')
    for node in usb.child('Controllers').each('Controller'):
        node.get('name')
        machine.usb.append(node.get('type'))
    node = hardware.child('USBController')      # before 1.15
    if node.boolean('enabled', False):
        machine.usb.append('OHCI')
        if node.boolean('enabledEhci', False):
            machine.usb.append('EHCI')
