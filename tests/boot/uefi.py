# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with OVMF."""

from boottest import Machine
from guest import firmware


class UefiMachine(Machine):
    """A machine with one of the builds of OVMF."""

    TIMEOUT = 180

    def __init__(self, folder, machine='q35', ovmf=firmware.X64, memory=256,
                 **options):
        super().__init__(folder, machine, memory=memory,
                         args=ovmf.options(machine, folder), **options)
