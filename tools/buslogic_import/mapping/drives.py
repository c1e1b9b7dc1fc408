# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks, CD-ROM drives and floppy drives, and what is in them."""

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.identity import identity
from buslogic_import.mapping.options import joined
from buslogic_import.model import DeviceKind, MediumType

# QEMU's drivers of drives, by the family of their bus
DRIVERS = {
    ('scsi', DeviceKind.DISK): 'scsi-hd',
    ('scsi', DeviceKind.CDROM): 'scsi-cd',
    ('ide', DeviceKind.DISK): 'ide-hd',
    ('ide', DeviceKind.CDROM): 'ide-cd',
    ('floppy', DeviceKind.FLOPPY): 'floppy',
    ('nvme', DeviceKind.DISK): 'nvme-ns',
    ('usb', DeviceKind.DISK): 'usb-storage',
    ('usb', DeviceKind.CDROM): 'usb-storage',
}
NAMES = {DeviceKind.DISK: 'disk', DeviceKind.CDROM: 'cd',
         DeviceKind.FLOPPY: 'floppy'}
# Drivers of a drive that say what turns
ROTATION = ('scsi-hd', 'ide-hd')


class Drive:
    """One drive, on its way to -drive and -device."""

    def __init__(self, context, bus, source, position, order):
        self.context, self.bus, self.source = context, bus, source
        self.port, self.unit = bus.address(position, source)
        self.title = f'{source.kind.value} on {bus.title}, port {source.port}'
        if source.unit:
            self.title += f', unit {source.unit}'
        self.driver = DRIVERS.get((bus.family, source.kind))
        if not self.driver:
            raise ImportFailed(self.title, 'that bus has no such drives')
        self.name = context.numbered(NAMES[source.kind])
        self.index = order.index(source)

    def medium_options(self):
        """Of -drive: what is in the drive, and what may be done to it."""
        properties = {'if': 'none', 'id': self.name}
        if self.source.kind is DeviceKind.CDROM:
            properties['media'] = 'cdrom'
        image = self._image()
        if not image:
            return properties
        properties |= {'format': image.format, 'file': file_name(image.path)}
        if image.read_only:
            properties['readonly'] = True
        return properties | self._type_options() | self._discard_options()

    def _image(self):
        return self.source.medium and self.context.images[
            id(self.source.medium)]

    def _type_options(self):
        """What a medium's type says about writes."""
        kind, report = self.source.medium.type, self.context.report
        setting, name = f'{self.title}: medium type', kind.value
        if self.source.kind is not DeviceKind.DISK:
            return {}
        if kind is MediumType.IMMUTABLE:
            report.exact(setting, name, 'snapshot=on')
            return {'snapshot': True}
        if kind is MediumType.READONLY and self.driver == 'ide-hd':
            report.approximated(setting, name, 'snapshot=on', 'IDE disks can '
                                'be written to; it is forgotten at the end')
            return {'snapshot': True}
        if kind is MediumType.READONLY:
            report.exact(setting, name, 'readonly=on')
            return {'readonly': True}
        if kind is MediumType.SHAREABLE:
            report.equivalent(setting, name, 'share-rw=on',
                              'the image must be raw to be shared')
        elif kind is not MediumType.NORMAL:
            report.equivalent(setting, name, 'nothing',
                              'it matters for snapshots only')
        return {}

    def _discard_options(self):
        if not self.source.discard:
            return {}
        self.context.report.exact(f'{self.title}: discard', 'on',
                                  'discard=unmap')
        return {'discard': 'unmap'}

    def device_properties(self):
        """Of -device: where it is and what the guest sees of it."""
        properties = self.bus.place(self.port, self.unit)
        properties['drive'] = self.name
        properties |= identity(self)
        if self.source.nonrotational and self.driver in ROTATION:
            properties['rotation_rate'] = 1
            self.context.report.exact(f'{self.title}: nonrotational', 'on',
                                      'rotation_rate=1')
        medium = self.source.medium
        if medium and medium.type is MediumType.SHAREABLE:
            properties['share-rw'] = True
        if self.bus.family == 'floppy':
            properties['drive-type'] = 144
        elif self.index is not None:
            properties['bootindex'] = self.index
        return properties


def file_name(path):
    """A path that QEMU does not take for a protocol."""
    text = str(path)
    return text if text.startswith('/') else f'./{text}'


def map_drive(context, bus, source, position, order):
    """A drive and what is in it."""
    drive = Drive(context, bus, source, position, order)
    context.options.remark(drive.title)
    properties = _host_drive(drive) if source.host_drive else (
        drive.medium_options())
    option = context.options.add('drive', joined('', properties))
    device = context.options.device(drive.driver, drive.device_properties())
    if bus.family == 'floppy' and drive.index is not None:
        bus.boot(drive.unit, drive.index)
    _report(drive, option, device)


def _host_drive(drive):
    """A drive of the host, if the host that runs us has it."""
    path = drive.source.host_drive
    properties = {'if': 'none', 'id': drive.name}
    if drive.source.kind is DeviceKind.CDROM:
        properties['media'] = 'cdrom'
    if drive.context.is_host_device(path):
        drive.context.report.equivalent(
            f'{drive.title}: drive of the host', path, 'the same',
            'it has to be readable when the machine starts')
        cdrom = drive.source.kind is DeviceKind.CDROM
        return properties | {
            'format': 'host_cdrom' if cdrom else 'host_device',
            'file': file_name(path), 'readonly': True if cdrom else None}
    drive.context.report.approximated(
        f'{drive.title}: drive of the host', path, 'an empty drive',
        'this host does not have it')
    return properties


def _report(drive, option, device):
    source, report = drive.source, drive.context.report
    medium = source.medium
    content = str(medium.path) if medium else source.host_drive or 'empty'
    if medium and medium.format:
        content += f' ({medium.format})'
    if (drive.port, drive.unit) == (source.port, source.unit):
        report.exact(drive.title, content, f'{option} {device}')
    else:
        report.approximated(drive.title, content, f'{option} {device}',
                            'another place, as the controller is another one')
    if drive.index is not None:
        report.exact(f'{drive.title}: boot order', drive.index,
                     f'bootindex={drive.index}')
    _report_settings(drive)


def _report_settings(drive):
    source, report = drive.source, drive.context.report
    if source.nonrotational and drive.driver not in ROTATION:
        report.equivalent(f'{drive.title}: nonrotational', 'on', 'nothing',
                          f'{drive.driver} does not say it')
    if source.discard and not source.medium:
        report.equivalent(f'{drive.title}: discard', 'on', 'nothing',
                          'there is no image')
    if source.passthrough:
        report.dropped(f'{drive.title}: passthrough', 'on',
                       "the guest's commands end in QEMU; scsi-block and "
                       'scsi-generic pass them to the drive')
    if source.hotpluggable:
        report.equivalent(f'{drive.title}: hot-pluggable', 'on',
                          'device_del and device_add of the monitor',
                          'where the bus permits it')
    if source.temporary_eject:
        report.approximated(
            f'{drive.title}: temporary eject', 'on', 'off', 'what the guest '
            'ejects stays so until the machine is started again')
