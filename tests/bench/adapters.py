# SPDX-License-Identifier: GPL-2.0-or-later
"""The SCSI adapters of QEMU that are compared."""

from pathlib import Path
from typing import NamedTuple, Optional


class Adapter(NamedTuple):
    """An adapter, its driver in Linux and its registers in QEMU."""

    name: str
    drivers: tuple              # Linux modules to load, in this order
    regions: str                # pattern of its memory regions' names
    binary: Optional[Path] = None       # another QEMU than the usual one
    device: str = ''            # QEMU's name of it, if not that above

    @property
    def option(self):
        """For -device."""
        return f'{self.device or self.name},id=hba'


ADAPTERS = [
    Adapter('buslogic', ('BusLogic',), r'buslogic'),
    Adapter('lsi53c895a', ('sym53c8xx',), r'lsi-'),
    Adapter('am53c974', ('am53c974',), r'esp-|am53c974'),
    Adapter('megasas', ('megaraid_sas',), r'megasas-'),
    Adapter('pvscsi', ('vmw_pvscsi',), r'pvscsi'),
    Adapter('virtio-scsi-pci', ('virtio_pci', 'virtio_scsi'),
            r'virtio-pci|virtio-scsi'),
]

OTHERS = [adapter.name for adapter in ADAPTERS[1:]]


def by_name(name):
    """The adapter called so; KeyError if there is none."""
    return {adapter.name: adapter for adapter in ADAPTERS}[name]


def other_build(binary):
    """The BusLogic adapter of another build, to be compared with ours."""
    return by_name('buslogic')._replace(name='buslogic-before', binary=binary,
                                        device='buslogic')
