# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks, CD-ROM drives and floppy drives, and what is in them."""

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.geometry import geometry
from buslogic_import.mapping.identity import identity
from buslogic_import.mapping.media import described, type_options
from buslogic_import.mapping.options import file_value, joined
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
# What they are called in QEMU, with a number
DEVICE_WORDS = {DeviceKind.DISK: 'disk', DeviceKind.CDROM: 'cd',
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
        self.name = context.numbered(DEVICE_WORDS[source.kind])
        self.index = order.index(source)

    def medium_options(self):
        """Of -drive: what is in the drive, and what may be done to it."""
        properties = {'if': 'none', 'id': self.name}
        if self.source.kind is DeviceKind.CDROM:
            properties['media'] = 'cdrom'
        image = self._image()
        if not image:
            return properties
        properties |= {'format': image.format, 'file': file_value(image.path)}
        if image.read_only:
            properties['readonly'] = True
        return properties | self._discard_options() | type_options(
            self.title, self.source.medium, self.source.kind, self.driver,
            self.context.report)

    def _image(self):
        return self.source.medium and self.context.images[
            id(self.source.medium)]

    def _discard_options(self):
        if not self.source.discard:
            return {}
        self.context.report.exact(f'{self.title}: discard', 'on',
                                  'discard=unmap')
        return {'discard': 'unmap'}

    def device_properties(self):
        """Of -device, beside where it is: what the guest sees of it."""
        properties = {'drive': self.name, **identity(self),
                      **geometry(self)}
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


def map_drive(context, bus, source, position, order):
    """A drive and what is in it."""
    drive = Drive(context, bus, source, position, order)
    context.options.remark(drive.title)
    properties = _host_drive(drive) if source.host_drive else (
        drive.medium_options())
    context.options.add('drive', '', properties)
    place = bus.place(drive.port, drive.unit)
    context.options.device(drive.driver,
                           {**place, **drive.device_properties()})
    if bus.family == 'floppy' and drive.index is not None:
        bus.boot(drive.unit, drive.index)
    _report(drive, place, properties.get('file'))


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
            'file': path, 'readonly': True if cdrom else None}
    if drive.source.kind is DeviceKind.DISK:
        # Unlike the other drives, it cannot be empty.
        raise ImportFailed(drive.title, f'this host does not have {path}')
    drive.context.report.approximated(
        f'{drive.title}: drive of the host', path, 'an empty drive',
        'this host does not have it')
    return properties


def _report(drive, place, file):
    source, report = drive.source, drive.context.report
    content = described(source.medium) if source.medium else (
        source.host_drive or 'empty')
    if drive.index is not None:
        place = {**place, 'bootindex': drive.index}
    result = f'{joined(drive.driver, place)} with {file or "nothing"}'
    if (drive.port, drive.unit) == (source.port, source.unit):
        report.exact(drive.title, content, result)
    else:
        report.approximated(drive.title, content, result,
                            'another place, as the controller is another one')
    if source.boot_rank is not None:
        report.exact(f'{drive.title}: rank among disks', source.boot_rank,
                     'bootindex')
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
