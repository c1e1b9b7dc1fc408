# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine for libvirt.

libvirt knows BusLogic adapters and refuses them for QEMU.  So what has to do
with storage, and all that libvirt would have to be persuaded of, is on QEMU's
command line; libvirt keeps what it shows and manages: name, memory,
processors, clock, firmware, the screen.
"""

import re
import xml.etree.ElementTree as ET

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.board import QEMU_MACHINE
from buslogic_import.mapping.firmware import VARIABLES, has_secure_boot

QEMU_SCHEMA = 'http://libvirt.org/schemas/domain/qemu/1.0'
ET.register_namespace('qemu', QEMU_SCHEMA)

# What XML cannot have, in no way of writing it
NO_XML = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')

# libvirt's names of graphics cards, by QEMU's
VIDEO = {'VGA': 'vga', 'vmware-svga': 'vmvga', 'cirrus-vga': 'cirrus',
         'qxl-vga': 'qxl', 'ramfb': 'ramfb'}


def machine_xml(context, launcher, folder, kvm=False):
    """The text of machine.xml; `folder` is where the machine will be."""
    domain = ET.Element('domain', type='kvm' if kvm else 'qemu')
    _add_basics(domain, context)
    _add_os(domain, context, folder)
    _add_devices(domain, context, launcher)
    # libvirt does not know which files are named on the command line.
    ET.SubElement(domain, 'seclabel', type='none')
    _add_command_line(domain, context, folder)
    ET.indent(domain)
    text = ET.tostring(domain, encoding='unicode')
    if NO_XML.search(text):
        raise ImportFailed('machine.xml', 'a name has a character that XML '
                           'does not have')
    return text + '\n'


def _add_basics(domain, context):
    machine = context.machine
    # libvirt makes names of files of it.
    _text(domain, 'name', re.sub(r'[/\r\n]', '_', machine.name))
    if machine.uuid:
        _text(domain, 'uuid', machine.uuid)
    if machine.description:
        _text(domain, 'description', machine.description)
    _text(domain, 'memory', machine.memory, unit='MiB')
    _text(domain, 'vcpu', machine.cpu.count)
    clock, offset = machine.clock, context.options.clock_offset
    basis = 'utc' if clock.utc else 'localtime'
    if offset:
        ET.SubElement(domain, 'clock', offset='variable', basis=basis,
                      adjustment=str(offset))
    else:
        ET.SubElement(domain, 'clock', offset=basis)


def _add_os(domain, context, folder):
    """Machine type and firmware; BIOS is what libvirt does by itself."""
    system = ET.SubElement(domain, 'os')
    _text(system, 'type', 'hvm', arch='x86_64',
          machine=QEMU_MACHINE[context.chipset])
    features = ET.SubElement(domain, 'features')
    if context.machine.firmware.acpi:
        ET.SubElement(features, 'acpi')
    if not context.options.firmware:
        return
    code, variables = context.options.firmware
    secure = 'yes' if has_secure_boot(context) else 'no'
    _text(system, 'loader', code, readonly='yes', type='pflash', secure=secure)
    _text(system, 'nvram', f'{folder}/{VARIABLES}', template=variables)
    if context.machine_type.get('smm'):
        ET.SubElement(features, 'smm', state='on')


def _add_devices(domain, context, launcher):
    devices = ET.SubElement(domain, 'devices')
    _text(devices, 'emulator', launcher)
    # Nothing that libvirt would add by itself
    ET.SubElement(devices, 'controller', type='usb', model='none')
    ET.SubElement(devices, 'memballoon', model='none')
    if not context.options.graphics:
        return
    driver, properties = context.options.graphics
    ET.SubElement(devices, 'graphics', type='vnc', autoport='yes')
    video = ET.SubElement(devices, 'video')
    model = ET.SubElement(video, 'model', type=VIDEO[driver])
    if 'vgamem_mb' in properties:
        model.set('vram', str(properties['vgamem_mb'] * 1024))
    if 'addr' in properties:
        ET.SubElement(video, 'address', type='pci', domain='0x0000',
                      bus='0x00', slot=properties['addr'], function='0x0')


def _add_command_line(domain, context, folder):
    """All options that are not said above."""
    line = ET.SubElement(domain, f'{{{QEMU_SCHEMA}}}commandline')
    words = []
    for option in context.options.items:
        if not option.native:
            words += [f'-{option.name}', option.value.at(folder)]
    if context.options.sound:
        words += ['-audiodev', f'none,id={context.options.sound}']
    for word in words:
        ET.SubElement(line, f'{{{QEMU_SCHEMA}}}arg', value=word)


def _text(parent, tag, text, **attributes):
    ET.SubElement(parent, tag, attributes).text = str(text)
