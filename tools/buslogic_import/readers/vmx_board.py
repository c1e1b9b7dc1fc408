# SPDX-License-Identifier: GPL-2.0-or-later
"""What VMware's mainboard has: boot order, ports, sound, graphics, USB."""

import re

from buslogic_import.model import (Audio, BootDevice, Display, Other,
                                   Parallel, Serial)

BOOT = {'floppy': BootDevice.FLOPPY, 'cdrom': BootDevice.CDROM,
        'hdd': BootDevice.DISK, 'ethernet0': BootDevice.NETWORK,
        'ethernet': BootDevice.NETWORK}
# As PCs have them: port and interrupt
SERIAL = [(0x3f8, 4), (0x2f8, 3), (0x3e8, 4), (0x2e8, 3)]
PARALLEL = [(0x378, 7), (0x278, 5), (0x3bc, 7)]
SERIAL_MODES = {'file': 'RawFile', 'pipe': 'HostPipe', 'device': 'HostDevice',
                'network': 'TCP', 'thinprint': 'Disconnected'}
SOUND = {'sb16': 'SB16', 'es1371': 'es1371', 'hdaudio': 'HDA'}
MIB = 1 << 20


def uuid(keys):
    """uuid.bios = "56 4d ... -..." in the usual form."""
    digits = re.sub(r'[\s-]', '', keys.get('uuid.bios')).lower()
    if digits and not re.fullmatch('[0-9a-f]{32}', digits):
        raise keys.wrong('uuid.bios', 'is no UUID')
    ends = (0, 8, 12, 16, 20, 32)
    return '-'.join(digits[first:last] for first, last in
                    zip(ends, ends[1:])) if digits else ''


def boot_order(keys):
    """bios.bootOrder, or None."""
    words = [word.strip().lower() for word in
             keys.get('bios.bootOrder').split(',') if word.strip()]
    for word in words:
        if word not in BOOT:
            raise keys.wrong('bios.bootOrder', f'has {word}; known are '
                             + ', '.join(BOOT))
    return [BOOT[word] for word in words] or None


def ports(machine, keys):
    """serialN and parallelN"""
    for number, in keys.numbers(r'serial([0-3])\.'):
        name = f'serial{number}'
        if not keys.boolean(f'{name}.present', False):
            keys.forget(f'{name}.')
            continue
        port = _serial(keys, name, number)
        if _is_disconnected(machine, keys, name, f'{port.mode} {port.path}'):
            port.mode, port.path, port.server = 'Disconnected', '', False
        machine.serials.append(port)
    for number, in keys.numbers(r'parallel([0-2])\.'):
        name = f'parallel{number}'
        if not keys.boolean(f'{name}.present', False):
            keys.forget(f'{name}.')
            continue
        path = keys.get(f'{name}.fileName')
        if _is_disconnected(machine, keys, name, path):
            path = ''
        machine.parallels.append(Parallel(
            number, *PARALLEL[number], path,
            keys.get(f'{name}.fileType').lower() == 'file'))


def _is_disconnected(machine, keys, name, content):
    """Whether nothing is at the port when the machine starts."""
    if keys.boolean(f'{name}.startConnected', True):
        return False
    machine.others.append(Other(
        f'{name}.startConnected', 'FALSE',
        f'at the start nothing is at the port; {content} is not', True))
    return True


def _serial(keys, name, number):
    mode = keys.choice(f'{name}.fileType', SERIAL_MODES, 'HostDevice')
    path = keys.get(f'{name}.fileName')
    concentrator = keys.get(f'{name}.vspc') if mode == 'TCP' else ''
    if concentrator:
        # What it asks the concentrator for is no address of this host.
        mode, path = 'concentrator', f'{concentrator} {path}'
    if mode == 'TCP':
        path = re.sub(r'^\w+://', '', path)
    server = keys.get(f'{name}.pipe.endPoint') != 'client' and (
        keys.get(f'{name}.network.endPoint') != 'client')
    return Serial(number, *SERIAL[number], mode, path,
                  server and mode in ('HostPipe', 'TCP'))


def sound(keys):
    """sound.*, if there is one."""
    if not keys.boolean('sound.present', False):
        keys.forget('sound.')
        return None
    return Audio(keys.choice('sound.virtualDev', SOUND, 'es1371'),
                 driver=keys.get('sound.fileName'), input=True)


def display(keys):
    """svga.* and mks.*"""
    keys.get('svga.present')
    size = keys.number('svga.vramSize', None, 0, 4 << 30)
    return Display('VMSVGA', size and max(size // MIB, 1),
                   keys.number('svga.numDisplays', 1, 1, 64),
                   bool(keys.boolean('mks.enable3d', False)))


def usb(machine, keys):
    """UHCI, EHCI and xHCI."""
    for key, kind in (('usb', 'OHCI'), ('ehci', 'EHCI'),
                      ('usb_xhci', 'XHCI')):
        if keys.boolean(f'{key}.present', False):
            machine.usb.append(kind)
        else:
            keys.forget(f'{key}.')


def input_devices(machine, keys):
    """VMware has a PS/2 mouse unless a USB one is asked for."""
    absolute = keys.get('mouse.vusb.present') or keys.get('usb.mouse')
    machine.pointing = 'USBTablet' if absolute.lower() == 'true' else ''
