# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine to QEMU's options, with a decision for each of its settings."""

from buslogic_import.mapping import (board, boot, conflicts, firmware,
                                     graphics, network, others, ports,
                                     processor, smbios, sound, storage, usb)
from buslogic_import.mapping.context import Context
from buslogic_import.mapping.slots import Slots


def map_machine(machine, images, choices, **more):
    """The Context with options and report.

    `images` has a disks.Image for the id() of each medium; `more` are other
    fields of the Context.  Raises ImportFailed for what QEMU has no device for.
    """
    conflicts.check(machine)
    context = Context(machine, images, choices=choices, **more)
    context.chipset = board.chipset(context)
    context.slots = Slots(machine, context.chipset)
    order = boot.Order(machine)
    board.map_board(context)
    firmware.map_firmware(context)
    smbios.map_smbios(context)
    processor.map_processor(context)
    boot.map_order(context)
    usb.map_controllers(context)
    storage.map_storage(context, order)
    network.map_network(context, order)
    graphics.map_graphics(context)
    sound.map_sound(context)
    ports.map_ports(context)
    usb.map_input(context)
    boot.boot_options(context)
    context.options.items.insert(0, board.machine_option(context))
    others.map_others(context)
    choices.check_used()
    return context
