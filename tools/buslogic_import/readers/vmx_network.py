# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's network adapters."""

import re

from buslogic_import.model import Nic
from buslogic_import.readers.vmx_slots import slot

MODELS = {name: name for name in ('vlance', 'flexible', 'e1000', 'e1000e',
                                  'vmxnet', 'vmxnet2', 'vmxnet3')}
# VMware's kinds of connections, as VirtualBox calls the same
CONNECTIONS = {'nat': 'NAT', 'bridged': 'BridgedInterface',
               'hostonly': 'HostOnlyInterface', 'custom': 'BridgedInterface',
               'pvn': 'InternalNetwork', 'none': ''}
BRIDGED = 'bridged'             # unless something else is said
ADDRESSES = ('static', 'generated', 'vpx')


def fill(machine, keys):
    """ethernetN"""
    for number, in keys.numbers(r'ethernet(\d+)\.'):
        name = f'ethernet{number}'
        if keys.boolean(f'{name}.present', False):
            machine.nics.append(_nic(machine, keys, name, number))
        else:
            keys.forget(f'{name}.')


def _nic(machine, keys, name, number):
    connected = keys.boolean(f'{name}.startConnected', True)
    kind = keys.choice(f'{name}.connectionType', CONNECTIONS,
                       CONNECTIONS[BRIDGED])
    return Nic(number, keys.choice(f'{name}.virtualDev', MODELS, 'vlance'),
               _mac(keys, name), kind,
               keys.get(f'{name}.networkName') or keys.get(f'{name}.vnet'),
               cable=bool(connected),
               pci_slot=slot(machine, keys, name))


def _mac(keys, name):
    """The address that is in force; the others are read as well."""
    kind = keys.choice(f'{name}.addressType', {word: word for word
                                               in ADDRESSES}, 'generated')
    addresses = {'static': keys.get(f'{name}.address'),
                 'generated': keys.get(f'{name}.generatedAddress')}
    addresses['vpx'] = addresses['generated'] or addresses['static']
    mac = addresses[kind] or addresses['vpx']
    if mac and not re.fullmatch('([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}', mac):
        raise keys.wrong(f'{name}.address' if kind == 'static' else
                         f'{name}.generatedAddress', 'is no MAC address')
    return mac.lower()
