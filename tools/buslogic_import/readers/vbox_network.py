# SPDX-License-Identifier: GPL-2.0-or-later
"""VirtualBox's network adapters."""

import re

from buslogic_import.model import Forwarding, Nic
from buslogic_import.readers.vbox_disabled import report_disabled

MODELS = ['Am79C970A', 'Am79C973', 'Am79C960', '82540EM', '82543GC', '82545EM',
          'virtio', 'NE1000', 'NE2000', 'WD8003', 'WD8013', '3C503', '3C501']
MODEL_SINCE = (1, 16)           # when the default became the newer one
# What names the network, for each kind of attachment
ATTACHMENTS = {'NAT': 'network', 'NATNetwork': 'name',
               'BridgedInterface': 'name', 'HostInterface': 'name',
               'HostOnlyInterface': 'name', 'InternalNetwork': 'name',
               'GenericInterface': 'driver', 'HostOnlyNetwork': 'name',
               'CloudNetwork': 'name'}
MAX_SLOT = 35
PROTOCOLS = {'0': 'udp', '1': 'tcp', 'UDP': 'udp', 'TCP': 'tcp'}


def fill(machine, hardware, settings):
    """<Network> with its <Adapter>s."""
    for node in hardware.child('Network').each('Adapter'):
        if node.boolean('enabled', False):
            machine.nics.append(_nic(node, settings))
        else:
            report_disabled(machine, f'network adapter {node.get("slot")}',
                            node)


def _nic(node, settings):
    default = 'Am79C973' if settings >= MODEL_SINCE else 'Am79C970A'
    nic = Nic(node.number('slot', 0, 0, MAX_SLOT),
              node.choice('type', {name: name for name in MODELS}, default),
              _mac(node), cable=node.boolean('cable', True),
              speed=node.number('speed', 0),
              promiscuous=node.get('promiscuousModePolicy'),
              boot_priority=node.number('bootPriority', 0, 0, 99))
    node.child('DisabledModes').use_all()
    for kind, attribute in ATTACHMENTS.items():
        for attachment in node.each(kind):
            nic.attachment = kind
            nic.network = attachment.get(attribute)
            if kind == 'NAT':
                _read_nat(nic, attachment)
    return nic


def _mac(node):
    text = node.get('MACAddress')
    if text and not re.fullmatch('[0-9A-Fa-f]{12}', text):
        raise node.wrong('MACAddress', 'is not twelve hexadecimal digits')
    return ':'.join(text[at:at + 2] for at in range(0, len(text), 2)).lower()


def _read_nat(nic, node):
    nic.nat_network, nic.network = nic.network, ''
    for item in node.each('Forwarding'):
        nic.forwardings.append(Forwarding(
            item.get('name'), item.choice('proto', PROTOCOLS, 'tcp'),
            item.get('hostip'), item.number('hostport', 0, 0, 65535),
            item.get('guestip'), item.number('guestport', 0, 0, 65535)))
