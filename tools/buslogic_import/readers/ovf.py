# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines of VMware, VirtualBox and others: .ovf files, and .ova archives."""

import re

from buslogic_import.model import (Clock, FirmwareKind, Machine, Medium,
                                   Other, Source)
from buslogic_import.readers import tree, vbox
from buslogic_import.readers.ovf_hardware import Hardware
from buslogic_import.readers.package import Archive, Folder
from buslogic_import.readers.vbox_media import uuid_of

# The layout of VirtualBox's settings that do not name their version
EMBEDDED = (1, 12)
FIRMWARE = {'bios': FirmwareKind.BIOS, 'efi': FirmwareKind.EFI64}
FORMATS = {'vmdk': 'VMDK', 'vdi': 'VDI', 'vhd': 'VHD', 'vhdx': 'VHDX',
           'qcow2': 'QCOW2', 'iso': 'RAW', 'img': 'RAW', 'raw': 'RAW',
           'flp': 'RAW'}
# What says nothing about the hardware, by paths below <Envelope>
HARMLESS = [
    (r'(.*/)?(Info|@required|@msgid|@lang|@schemaLocation|@version|@id|'
     r'Caption|Description|ElementName|@class|Category)(/.*)?|Strings(/.*)?',
     'for people'),
    (r'.*/(EulaSection|ProductSection|AnnotationSection|StartupSection|'
     r'DeploymentOptionSection|InstallSection|EnvironmentFilesSection)(/.*)?|'
     r'StartupSection(/.*)?', 'for the installation of the machine'),
    (r'DiskSection/Disk/(@populatedSize|@capacity|@capacityAllocationUnits|'
     r'@format|@parentRef)|References/File/@size', 'the image itself tells it'),
    (r'NetworkSection(/.*)?', 'the network cards name it'),
    (r'.*/System(/.*)?', 'the program that ran the machine'),
    (r'.*Item/(Address|BusNumber|AutomaticAllocation|Reservation|Limit|'
     r'Weight|AutomaticDeallocation|VirtualQuantityUnits)(/.*)?',
     'numbers and shares of VMware; the order of the items tells it'),
]


def read_folder(path, quiet, configuration):
    """The machine in an .ovf file."""
    return _read(path, Folder(path), quiet, configuration)


def read_archive(path, quiet, configuration):
    """The machine in an .ova file."""
    return _read(path, Archive(path), quiet, configuration)


def _read(path, package, quiet, configuration):
    name, data = package.description()
    root = tree.parse(path if isinstance(package, Folder) else
                      f'{path}: {name}', data)
    if root.name != 'Envelope':
        raise root.failed('is no OVF')
    if root.each('Content'):
        raise root.failed("is OVF 0.9; VMware's ovftool makes OVF 1 of it, or "
                          "VirtualBox, by import and export")
    system = _virtual_system(root)
    media = Media(root, package)
    others = _manifest(package.check_manifest(name, quiet), name, media)
    if package.member(f'{name.rpartition(".")[0]}.cert'):
        others.append(Other('certificate', 'a signature', 'it is not checked; '
                            'it does not matter for the hardware', True))
    configurations = Configurations(root, configuration)
    machine = _machine(path, root, system, media, configurations)
    if machine.source is Source.OVF:
        others += configurations.others
    elif configuration:
        raise root.failed('has settings of VirtualBox, which know no '
                          'configurations')
    media.report_unused()
    others += _strangers(package, name, media)
    machine.others += others + media.others + _leftovers(root)
    return machine


def _manifest(checked, name, media):
    """What the checksums tell, as Others; None if there is no manifest."""
    if checked is None:
        return []
    others = [Other('manifest', 'checksums of ' + ', '.join(checked)[:200],
                    'they are right', True)] if checked else []
    missing = [file for file in [name, *media.file_names()]
               if file not in checked]
    if missing:
        others.append(Other(
            'manifest', 'no checksum of ' + ', '.join(missing)[:200],
            'nothing tells whether it was damaged or changed', True))
    return others


def _strangers(package, name, media):
    """Members of an archive that have no part in the machine, as Others."""
    stem = name.rpartition('.')[0]
    known = {name, f'{stem}.mf', f'{stem}.cert', *media.file_names()}
    return [Other(f'file {stranger}', 'in the archive',
                  'nothing refers to it', True)
            for stranger in package.names() if stranger not in known]


def _virtual_system(root):
    """The one machine."""
    systems = root.each('VirtualSystem')
    for collection in root.each('VirtualSystemCollection'):
        systems += collection.each('VirtualSystem')
    if len(systems) != 1:
        names = ', '.join(system.get('id') for system in systems)
        raise root.failed(f'has {len(systems)} machines instead of one'
                          + f': {names}' * bool(names))
    return systems[0]


def _machine(path, root, system, media, configurations):
    """Of VirtualBox's own description, or else of the OVF's."""
    embedded = system.child('Machine')
    hardware = system.child('VirtualHardwareSection')
    if embedded.attributes:
        # It says the same and more.
        for node in system.children:
            if node is not embedded:
                node.use_all()
        version = (vbox.version_of(embedded) if embedded.get('version') else
                   EMBEDDED)
        machine = vbox.read_machine(embedded, path, Source.OVF_VBOX, version,
                                    media)
        machine.others += vbox.extra_leftovers(embedded)
        return machine
    machine = Machine(
        Source.OVF, path, system.child('Name').body() or system.get('id') or
        path.stem, _os_type(system.child('OperatingSystemSection')))
    machine.clock = Clock(told=False)
    Hardware(hardware, media, configurations).fill(machine)
    firmware = _config(hardware, 'firmware')
    if firmware:
        if firmware.lower() not in FIRMWARE:
            raise system.failed(f'firmware {firmware[:80]} is not known')
        machine.firmware.kind = FIRMWARE[firmware.lower()]
    return machine


def _config(hardware, key):
    """VMware's <Config key= value=>; the others stay unread."""
    for node in hardware.children:
        if node.name in ('Config', 'ExtraConfig') and (
                node.attributes.get('key', '').lower() == key):
            node.use().get('key')
            return node.get('value')
    return ''


def _os_type(section):
    """VMware's or VirtualBox's name of the guest, else its description."""
    names = [section.child('OSType').body(), section.get('osType'),
             section.child('Description').body(), section.get('id')]
    return next((name for name in names if name), '')


def _leftovers(root):
    """What nobody has read, as Others."""
    others = []
    for path, value in root.unread():
        path = path.removeprefix('Envelope/')
        embedded = re.sub('^.*VirtualSystem/Machine/', '', path)
        reason = next((why for pattern, why in HARMLESS
                       if re.fullmatch(pattern, path)), '')
        others.append(Other(path, value, reason, True) if reason else
                      vbox.judged(embedded, value))
    return others


class Configurations:
    """<DeploymentOptionSection>: variants of the hardware, of which one counts.

    The one that is `wanted`, or marked as the default, else the first.
    """

    def __init__(self, root, wanted):
        self.others, self.chosen = [], wanted
        nodes = root.child('DeploymentOptionSection').each('Configuration')
        names = [node.get('id') for node in nodes]
        default = [node.get('id') for node in nodes if node.boolean('default')]
        known = ('there are ' + ', '.join(names)[:200] if names else
                 'there is none')
        if wanted and wanted not in names:
            raise root.failed(f'has no configuration {wanted[:80]}; {known}')
        if not nodes:
            return
        reason = 'the only one'
        if len(names) > 1:
            reason = ('as you say' if wanted else 'the default' if default else
                      'the first, as none is the default') + f'; {known}'
        self.chosen = wanted or (default or names)[0]
        self.others.append(Other('configuration', self.chosen, reason, True))

    def items(self, nodes):
        """Those of the configuration.

        One that is for it takes the place of the one with the same InstanceID
        that is for all.
        """
        if not self.chosen:
            return nodes
        mine = [node for node in nodes
                if self.chosen in node.get('configuration').split()]
        special = {_instance(node) for node in mine}
        counted = [node for node in nodes if node in mine or (
            not node.get('configuration') and
            _instance(node) not in special)]
        for node in nodes:
            if node not in counted:
                node.use_all()
        return counted


def _instance(node):
    return node.child('InstanceID').body() or node.child('InstanceId').body()


class Media:
    """<References> and <DiskSection>: images by the names of disks."""

    def __init__(self, root, package):
        self.package = package
        self.others = []
        self._files, self._used = {}, set()
        for node in root.child('References').each('File'):
            self._files[node.get('id')] = node
        self._disks, self._by_uuid = {}, {}
        for node in root.child('DiskSection').each('Disk'):
            self._disks[node.get('diskId')] = node
            uuid = uuid_of(node.get('uuid'))
            if uuid:
                self._by_uuid[uuid] = node

    def resource(self, node, text):
        """The medium that a <HostResource> names."""
        kind, _, name = text.removeprefix('ovf:').lstrip('/').partition('/')
        if kind == 'disk' and name in self._disks:
            return self._disk(self._disks[name])
        if kind == 'file' and name in self._files:
            return self._file(self._files[name])
        raise node.failed(f'{text[:80]} is neither a disk nor a file of this '
                          'package')

    def find(self, node, kind):
        """The medium that an <Image> of VirtualBox's description names."""
        uuid = uuid_of(node.get('uuid'))
        if uuid in self._by_uuid:
            return self._disk(self._by_uuid[uuid], uuid)
        if kind.value == 'disk':
            raise node.wrong('uuid', 'is no disk of this package')
        self.others.append(Other(f'{kind.value}: medium', uuid, 'VirtualBox '
                                 'does not export it: the drive is empty'))
        return None

    def file_names(self):
        """Of all files that the package should have."""
        return [node.get('href').removeprefix('./')
                for node in self._files.values()]

    def report_unused(self):
        """Files that no drive has."""
        for name, node in self._files.items():
            if name not in self._used:
                self.others.append(Other(
                    f'file {node.get("href")}', 'in the package',
                    'no drive of the machine has it', True))
                node.use_all()
        for node in self._disks.values():
            node.use_all()

    def _disk(self, node, uuid=''):
        file = node.get('fileRef')
        if not file:
            raise node.failed('is an empty disk without a file: create one '
                              f'of {node.get("capacity")} '
                              f'{node.get("capacityAllocationUnits")}')
        if file not in self._files:
            raise node.wrong('fileRef', 'is not in <References>')
        return self._file(self._files[file], uuid)

    def _file(self, node, uuid=''):
        self._used.add(node.get('id'))
        member = self.package.located(node)
        if node.get('chunkSize'):
            raise node.wrong('chunkSize', 'split files are not supported: '
                             'put them together, in order')
        compression = node.get('compression').lower()
        if compression not in ('', 'identity', 'gzip'):
            raise node.wrong('compression', 'is not known')
        suffix = node.get('href').removesuffix('.gz').rpartition('.')[2]
        return Medium(member.path, uuid, FORMATS.get(suffix.lower(), ''),
                      offset=member.offset, size=member.size,
                      compressed=compression == 'gzip')

