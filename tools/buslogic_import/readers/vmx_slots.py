# SPDX-License-Identifier: GPL-2.0-or-later
"""Places on the PCI bus, as .vmx files have them."""

from buslogic_import.model import Other

LAST = 31                       # on the root bus
MAX = 2 ** 20


def slot(machine, keys, name):
    """A device number on the root bus, or None.

    VMware codes bridges and functions in the higher bits; -1 is none.
    """
    key = f'{name}.pciSlotNumber'
    number = keys.number(key, None, -1, MAX)
    if number is None or 0 <= number <= LAST:
        return number
    if number > LAST:
        machine.others.append(Other(key, str(number), 'a place behind a '
                                    'bridge: QEMU has another for it'))
    return None
