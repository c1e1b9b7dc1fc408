# SPDX-License-Identifier: GPL-2.0-or-later
"""Network cards and what they are connected to."""

import ipaddress
import zlib

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.options import Value

# By what the sources call them, in lower case: driver, decision, reason
OTHER_ID = 'another PCI ID: the guest may look for a driver'
CARDS = {
    'am79c970a': ('pcnet', 'equivalent', 'a PCnet, Am79C970A'),
    'am79c973': ('pcnet', 'equivalent', 'a PCnet, Am79C970A: the same PCI ID '
                 'and registers, another revision'),
    'pcnet32': ('pcnet', 'equivalent', 'a PCnet, Am79C970A'),
    'vlance': ('pcnet', 'equivalent', 'a PCnet, Am79C970A'),
    'flexible': ('pcnet', 'approximated', 'as it starts, a PCnet; it does '
                 'not turn into a vmxnet'),
    'vmxnet': ('pcnet', 'approximated', 'QEMU has no vmxnet'),
    'vmxnet2': ('pcnet', 'approximated', 'QEMU has no vmxnet2'),
    '82540em': ('e1000', 'exact', ''),
    '82545em': ('e1000-82545em', 'exact', ''),
    'e1000': ('e1000', 'exact', ''),
    '82543gc': ('e1000-82544gc', 'approximated', OTHER_ID),
    'e1000e': ('e1000e', 'exact', ''),
    'vmxnet3': ('vmxnet3', 'exact', ''),
    'virtio': ('virtio-net-pci', 'exact', ''),
    'virtio-net': ('virtio-net-pci', 'exact', ''),
    'virtionet': ('virtio-net-pci', 'exact', ''),
    'ne2000': ('ne2k_isa', 'exact', ''),
    'ne1000': ('ne2k_isa', 'approximated', 'an NE2000, with 16 bits'),
    'am79c960': ('ne2k_isa', 'approximated',
                 'QEMU has no PCnet for ISA; the guest needs another driver'),
    'ne2k_pci': ('ne2k_pci', 'exact', ''),
    'rtl8139': ('rtl8139', 'exact', ''),
}
ON_ISA = ('ne2k_isa',)

# Addresses of VirtualBox's NAT: 10.0.2.0/24 for the first card, and so on
NAT_NETWORK = '10.0.{}.0/24'
NAT_FIRST = 2
GUEST_OFFSET = 15               # of the address that DHCP gives
DEFAULT_NAT = '10.0.2.0/24'     # of QEMU, too

# Where machines on an internal network meet, on the loopback interface
MULTICAST = '230.98.{}.{}:{}'
FIRST_PORT = 20000


def map_network(context, order):
    """All cards."""
    for nic in context.machine.nics:
        _Card(context, nic, order).map()


class _Card:
    """One card, on its way to -netdev and -device."""

    def __init__(self, context, nic, order):
        self.context, self.nic = context, nic
        self.name = f'net{nic.slot}'
        self.title = f'network card {nic.slot + 1}'
        self.index = order.index(nic)

    def map(self):
        """Network first: QEMU wants it before the card."""
        self.context.options.remark(
            f'{self.title.capitalize()}: {self.nic.model}')
        card, replaced = self._card()
        connected = self._network()
        properties = {'id': f'nic{self.nic.slot}',
                      'netdev': self.name if connected else None,
                      'mac': self.nic.mac or None, **self._slot(card[0]),
                      'bootindex': self.index}
        option = self.context.options.device(card[0], properties)
        driver, fidelity, why = card
        del driver
        if replaced:
            fidelity, why = 'approximated', 'replaced as you said'
        getattr(self.context.report, fidelity)(
            self.title, self.nic.model, option, *([why] if why else []))
        self._report_rest()

    def _card(self):
        model = self.nic.model
        chosen = self.context.choices.model(model)
        if chosen.lower() not in CARDS:
            raise ImportFailed(
                self.title, f'QEMU has no {chosen}; --replace {model}=NE2000 '
                'or another of ' + ', '.join(CARDS))
        return CARDS[chosen.lower()], chosen != model

    def _slot(self, driver):
        if driver in ON_ISA:
            if self.nic.pci_slot is not None:
                self.context.report.dropped(
                    f'{self.title}: PCI device number', self.nic.pci_slot,
                    'the card is for ISA')
            return {}
        slot, same = self.context.slots.take('nic', self.nic.slot,
                                             self.nic.pci_slot)
        self.context.report_slot(self.title, same, self.nic.pci_slot, slot)
        return {'addr': f'{slot:#x}'}

    def _network(self):
        """-netdev; whether there is one."""
        nic = self.nic
        if not nic.cable:
            self.context.report.approximated(
                f'{self.title}: cable', 'disconnected', 'no network',
                'nothing answers, but the guest sees a link')
            return False
        method = {
            'NAT': self._nat, 'NATNetwork': self._nat_network,
            'BridgedInterface': self._bridged,
            'HostInterface': self._bridged,
            'HostOnlyInterface': self._host_only,
            'HostOnlyNetwork': self._host_only,
            'InternalNetwork': self._internal,
        }.get(nic.attachment, self._none)
        return method()

    def _user(self, **more):
        """QEMU's own NAT."""
        forwards = [('hostfwd', _forwarding(item))
                    for item in self.nic.forwardings]
        words = [Value('user', {'id': self.name, **more})]
        words += [f'{name}={value}' for name, value in forwards]
        return self.context.options.add('netdev', ','.join(words))

    def _nat(self):
        network = self.nic.nat_network or (
            NAT_NETWORK.format(self.nic.slot + NAT_FIRST)
            if self.context.is_virtualbox else DEFAULT_NAT)
        option = self._user(**_addresses(self.title, network))
        self._report('equivalent', option, 'the same addresses; the guest '
                     'does not get in touch with the host by itself')
        for item in self.nic.forwardings:
            self.context.report.exact(
                f'{self.title}: forwarding {item.name}',
                f'{item.protocol} {item.host_address}:{item.host_port} to '
                f'{item.guest_address}:{item.guest_port}',
                f'hostfwd={_forwarding(item)}')
        return True

    def _nat_network(self):
        self._report('approximated', self._user(),
                     'machines on that network do not see each other')
        return True

    def _bridged(self):
        bridge = self.context.choices.bridge
        if bridge:
            option = self.context.options.add('netdev', 'bridge', {
                'id': self.name, 'br': bridge})
            self._report('equivalent', option, 'a bridge of this host')
        else:
            self._report('approximated', self._user(), 'NAT instead: the '
                         'network does not see the guest; --bridge NAME puts '
                         'it on a bridge of the host')
        return True

    def _host_only(self):
        self._report('approximated', self._user(restrict=True),
                     'a network of its own, which the host does not see')
        return True

    def _internal(self):
        option = self.context.options.add('netdev', 'socket', {
            'id': self.name, 'mcast': _meeting_point(self.nic.network),
            'localaddr': '127.0.0.1'})
        self._report('equivalent', option, 'imported machines on this host '
                     'with a network of that name see each other')
        return True

    def _none(self):
        if self.nic.attachment:
            self.context.report.dropped(
                f'{self.title}: network', self._source(),
                'QEMU has none of that kind')
        else:
            self.context.report.exact(f'{self.title}: network', 'none',
                                      'none')
        return False

    def _source(self):
        return f'{self.nic.attachment} {self.nic.network}'.strip()

    def _report(self, fidelity, option, why):
        getattr(self.context.report, fidelity)(
            f'{self.title}: network', self._source(), option, why)

    def _report_rest(self):
        nic, report = self.nic, self.context.report
        if nic.mac:
            report.exact(f'{self.title}: MAC address', nic.mac,
                         f'mac={nic.mac}')
        if self.index is not None:
            report.exact(f'{self.title}: boot order', nic.boot_priority,
                         f'bootindex={self.index}')
        elif nic.boot_priority:
            report.equivalent(f'{self.title}: boot priority',
                              nic.boot_priority, 'nothing',
                              'the machine does not boot from the network')
        if nic.speed:
            report.approximated(f'{self.title}: speed', f'{nic.speed} kbit/s',
                                "the card's own", 'QEMU cannot set it')
        if nic.promiscuous:
            report.equivalent(f'{self.title}: promiscuous mode',
                              nic.promiscuous, 'as the network has it',
                              'the card permits it')
        if nic.forwardings and nic.attachment != 'NAT':
            report.dropped(f'{self.title}: forwardings',
                           ', '.join(item.name for item in nic.forwardings),
                           'they are for NAT')
        if nic.nat_network and nic.attachment != 'NAT':
            report.equivalent(f'{self.title}: network of NAT',
                              nic.nat_network, 'nothing', 'there is no NAT')


def _addresses(title, network):
    """Of the user network, laid out as VirtualBox does."""
    if network == DEFAULT_NAT:
        return {}
    try:
        parsed = ipaddress.IPv4Network(_complete(network), strict=False)
        first = parsed[GUEST_OFFSET]
    except (ValueError, IndexError) as error:
        raise ImportFailed(f'{title}: NAT', error) from None
    return {'net': parsed, 'dhcpstart': first}


def _complete(network):
    """VirtualBox takes 192.168/16 for 192.168.0.0/16."""
    address, slash, bits = network.partition('/')
    if not slash:
        return network
    numbers = address.split('.')
    return '.'.join(numbers + ['0'] * (4 - len(numbers))) + slash + bits


def _forwarding(item):
    """As -netdev user has it."""
    return (f'{item.protocol}:{item.host_address}:{item.host_port}-'
            f'{item.guest_address}:{item.guest_port}')


def _meeting_point(network):
    """The same for machines whose networks have the same name."""
    number = zlib.crc32(network.encode())
    return MULTICAST.format(number >> 8 & 0xff, 1 + (number & 0x7f),
                            FIRST_PORT + (number >> 16) % 10000)
