# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's storage controllers and what is attached to them."""

import re
from pathlib import Path

from buslogic_import.model import (Attachment, Controller, ControllerKind,
                                   DeviceKind, Medium, MediumType, Other)
from buslogic_import.readers.vmx_slots import slot

SCSI = {'buslogic': ControllerKind.BUSLOGIC,
        'lsilogic': ControllerKind.LSILOGIC,
        'lsisas1068': ControllerKind.LSILOGIC_SAS,
        'pvscsi': ControllerKind.PVSCSI}
OTHERS = {'sata': ControllerKind.AHCI, 'nvme': ControllerKind.NVME}
DISKS = ('', 'disk', 'scsi-harddisk', 'ata-harddisk', 'plaindisk', 'rawdisk')
CDS = ('cdrom-image', 'cdrom-raw', 'atapi-cdrom')
AUTOMATIC = ('auto detect', 'emptybackingstring', '')
MAX_CONTROLLERS = 32
WINDOWS_PATH = re.compile(r'[A-Za-z]:[\\/]|\\\\')


def fill(machine, keys):
    """All controllers, in the order of their names; then floppy drives."""
    _fill_ide(machine, keys)
    for family in ('scsi', *OTHERS):
        for number, in keys.numbers(rf'{family}(\d+)[.:]'):
            controller = _controller(machine, keys, family, number)
            if controller:
                machine.controllers.append(controller)
    _fill_floppies(machine, keys)
    _rank(machine, keys)


def _fill_ide(machine, keys):
    """ide0 and ide1 are the channels of one, which is there if a drive is."""
    ide = Controller(ControllerKind.PIIX4, 'ide')
    absent = {channel for channel, in keys.numbers(r'ide(\d+)\.')
              if not keys.boolean(f'ide{channel}.present', True)}
    for channel, unit in keys.numbers(r'ide(\d+):(\d+)\.'):
        drive = None if channel in absent else _drive(
            keys, f'ide{channel}:{unit}', machine)
        if drive:
            drive.port, drive.unit = channel, unit
            ide.attachments.append(drive)
    for channel in absent:
        keys.forget(f'ide{channel}.')
        keys.forget(f'ide{channel}:')
    if ide.attachments:
        machine.controllers.append(ide)


def _controller(machine, keys, family, number):
    """A controller, or None if it is not there."""
    name = f'{family}{number}'
    present = keys.boolean(f'{name}.present', False)
    if present and number >= MAX_CONTROLLERS:
        raise keys.wrong(f'{name}.present', 'is one controller too many')
    if not present or number >= MAX_CONTROLLERS:
        keys.forget(f'{name}.')
        keys.forget(f'{name}:')
        return None
    kind = _scsi_kind(machine, keys, name) if family == 'scsi' else (
        OTHERS[family])
    controller = Controller(
        kind, name, number, pci_slot=slot(machine, keys, name),
        shared_bus=_shared(keys.get(f'{name}.sharedBus')))
    for _, port in keys.numbers(rf'{family}({number}):(\d+)\.'):
        drive = _drive(keys, f'{name}:{port}', machine)
        if drive:
            drive.port = port
            controller.attachments.append(drive)
    return controller


def _scsi_kind(machine, keys, name):
    kind = keys.choice(f'{name}.virtualDev', SCSI)
    if kind:
        return kind
    machine.others.append(Other(
        f'{name}.virtualDev', 'missing', 'VMware then takes buslogic for '
        'most guests; --replace BusLogic=... if this one had another'))
    return ControllerKind.BUSLOGIC


def _shared(text):
    return '' if text.lower() in ('', 'none') else text


def _drive(keys, name, machine):
    """A drive, or None if it is not there."""
    if not keys.boolean(f'{name}.present', False):
        keys.forget(f'{name}.')
        return None
    kind = keys.get(f'{name}.deviceType').lower()
    if kind not in DISKS + CDS:
        raise keys.wrong(f'{name}.deviceType', 'cannot be imported; known are '
                         + ', '.join(DISKS[1:] + CDS))
    device = DeviceKind.DISK if kind in DISKS else DeviceKind.CDROM
    drive = Attachment(device, 0)
    file = keys.get(f'{name}.fileName')
    if kind in ('cdrom-raw', 'atapi-cdrom'):
        _from_host(drive, kind, file)
    elif file and file.lower() not in AUTOMATIC:
        drive.medium = _medium(keys, name, file, machine, device)
    elif device is DeviceKind.DISK:
        raise keys.wrong(f'{name}.fileName', 'names no disk')
    if device is not DeviceKind.DISK:
        _disconnect(machine, keys, name, drive)
    return drive


def _disconnect(machine, keys, name, drive):
    """What is not in the drive when the machine starts."""
    content = drive.medium.path if drive.medium else drive.host_drive
    if not content or keys.boolean(f'{name}.startConnected', True):
        return
    drive.medium, drive.host_drive, drive.passthrough = None, '', False
    machine.others.append(Other(
        f'{name}.startConnected', 'FALSE',
        f'at the start the drive is empty, without {content}', True))


def _from_host(drive, kind, file):
    if file.lower() not in AUTOMATIC:
        drive.host_drive = file
    drive.passthrough = kind == 'cdrom-raw' and bool(drive.host_drive)


def _medium(keys, name, file, machine, device):
    kind = MediumType.NORMAL
    mode = keys.get(f'{name}.mode').lower()
    if mode in ('independent-nonpersistent', 'nonpersistent'):
        kind = MediumType.IMMUTABLE
    elif mode == 'independent-persistent':
        kind = MediumType.WRITETHROUGH
    elif mode in ('undoable', 'append'):
        machine.others.append(Other(
            f'{name}.mode', mode, 'in QEMU, changes are kept at once', True))
    elif mode not in ('', 'persistent'):
        raise keys.wrong(f'{name}.mode', 'is not known')
    if keys.get(f'{name}.writeThrough').lower() == 'true' and (
            kind is MediumType.NORMAL):
        kind = MediumType.WRITETHROUGH
    if device is DeviceKind.DISK and kind is not MediumType.IMMUTABLE:
        _check_redo(keys, name, machine.path.parent)
    path = located(file, machine.path.parent)
    if path != machine.path.parent / file:
        machine.others.append(Other(
            f'{name}.fileName', file, 'it is not there; the file of that name '
            'beside the machine is taken', True))
    return Medium(path, '',
                  'VMDK' if device is DeviceKind.DISK else 'RAW', kind)


def _check_redo(keys, name, folder):
    """Old VMware keeps what is not decided yet in a file beside the disk."""
    key = f'{name}.redo'
    redo = keys.peek(key)
    if redo and located(redo, folder).exists():
        raise keys.wrong(key, 'has changes of the disk: commit or discard '
                         'them in VMware')


def located(file, folder):
    """Where an image is; names from another host mean the machine's folder."""
    if WINDOWS_PATH.match(file):
        return folder / re.split(r'[\\/]', file)[-1]
    path = folder / file
    if '\\' in file and not path.exists():
        # Relative, as Windows has it
        path = folder / file.replace('\\', '/')
        file = path
    beside = folder / Path(file).name
    return beside if not path.exists() and beside.exists() else path


def _fill_floppies(machine, keys):
    """floppyN; VMware has two unless they are switched off."""
    drives = []
    for number, in keys.numbers(r'floppy(\d)\.'):
        name = f'floppy{number}'
        if not keys.boolean(f'{name}.present', True):
            keys.forget(f'{name}.')
            continue
        drive = Attachment(DeviceKind.FLOPPY, 0, number)
        file, kind = keys.get(f'{name}.fileName'), keys.get(f'{name}.fileType')
        if file.lower() not in AUTOMATIC:
            if kind.lower() == 'file':
                drive.medium = Medium(located(file, machine.path.parent), '',
                                      'RAW')
            else:
                drive.host_drive = file
        _disconnect(machine, keys, name, drive)
        drives.append(drive)
    if drives:
        machine.controllers.append(Controller(ControllerKind.FLOPPY, 'floppy',
                                              attachments=drives))


def _rank(machine, keys):
    """bios.hddOrder = "scsi0:0,ide0:1" """
    order = [word.strip().lower() for word in
             keys.get('bios.hddOrder').split(',') if word.strip()]
    for controller in machine.controllers:
        for drive in controller.attachments:
            name = (f'ide{drive.port}:{drive.unit}'
                    if controller.name == 'ide' else
                    f'{controller.name}:{drive.port}')
            if name in order:
                drive.boot_rank = order.index(name)
