# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines for tests, made by hand, and what is mapped of them."""

import sys
from pathlib import Path
from typing import NamedTuple

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
if str(TOOLS) not in sys.path:
    sys.path.insert(0, str(TOOLS))

# pylint: disable=wrong-import-position
from buslogic_import.mapping import map_machine  # noqa: E402
from buslogic_import.mapping.choices import Choices  # noqa: E402
from buslogic_import.model import (Attachment, Controller,  # noqa: E402
                                   ControllerKind, DeviceKind, Machine,
                                   Medium, Source)

UUID = '4bc0ddde-9b86-4dc8-b6fc-1ba9de2a6ab2'


class Image(NamedTuple):
    """As disks.Image."""

    path: object
    format: str = 'qcow2'
    read_only: bool = False


def machine(source=Source.VBOX, **settings):
    """A machine with nothing in it."""
    return Machine(source, Path('/vm/old.vbox'), 'old', **settings)


def disk(port=0, unit=0, medium=None, **settings):
    """A hard disk, on an image of its own."""
    medium = medium or Medium(Path(f'/vm/disk{port}.vdi'), UUID, 'VDI')
    return Attachment(DeviceKind.DISK, port, unit, medium, **settings)


def cdrom(port=0, unit=0, medium=None, **settings):
    """A CD-ROM drive, empty unless there is a medium."""
    return Attachment(DeviceKind.CDROM, port, unit, medium, **settings)


def controller(kind=ControllerKind.BUSLOGIC, *drives, **settings):
    """A controller with drives."""
    return Controller(kind, settings.pop('name', f'the {kind.value}'),
                      attachments=[*drives], **settings)


def images_of(a_machine):
    """An image for each medium."""
    media = [drive.medium for hba in a_machine.controllers
             for drive in hba.attachments if drive.medium]
    return {id(medium): Image(f'disk{number}.qcow2')
            for number, medium in enumerate(media)}


def mapped(a_machine, replacements=(), bridge='', host_has=(), **more):
    """The Context; the host has these devices, and no others."""
    return map_machine(a_machine, images_of(a_machine),
                       Choices(replacements, bridge),
                       is_host_device=lambda path: path in host_has, **more)


def options(context, name):
    """The values of all options of a name."""
    return [option.value for option in context.options.items
            if option.name == name]


def device(context, driver):
    """The properties of the one device with that driver."""
    found = [value for value in options(context, 'device')
             if value.split(',')[0] == driver]
    assert len(found) == 1, f'{driver}: {found}'
    return dict(word.split('=', 1) for word in found[0].split(',')[1:])


def decision(context, setting):
    """The one decision about a setting."""
    found = [item for item in context.report.decisions
             if item.setting == setting]
    assert len(found) == 1, f'{setting}: {context.report.decisions}'
    return found[0]
