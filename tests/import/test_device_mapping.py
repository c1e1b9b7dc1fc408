# SPDX-License-Identifier: GPL-2.0-or-later
"""Network, sound, graphics, USB, keyboards and mice, ports, all others."""

import unittest

from machines import decision, device, machine, mapped, options
from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.network import CARDS
from buslogic_import.model import (Audio, BootDevice, Display, Forwarding, Nic,
                                   Other, Parallel, Serial, Source)
from buslogic_import.report import Fidelity

EXACT, EQUIVALENT = Fidelity.EXACT, Fidelity.EQUIVALENT
APPROXIMATED, DROPPED = Fidelity.APPROXIMATED, Fidelity.DROPPED
MAC = '08:00:27:00:00:01'


def with_nic(model='Am79C973', attachment='NAT', bridge='', replacements=(),
             source=Source.VBOX, slot=0, **settings):
    """What is mapped of a machine with one card."""
    return mapped(machine(source, nics=[
        Nic(slot, model, MAC, attachment, **settings)]), replacements, bridge)


class NetworkCards(unittest.TestCase):
    """By what the sources call them"""

    def test_models(self):
        for model, driver, fidelity in [
                ('Am79C970A', 'pcnet', EQUIVALENT),
                ('Am79C973', 'pcnet', EQUIVALENT),
                ('vlance', 'pcnet', EQUIVALENT),
                ('82540EM', 'e1000', EXACT), ('E1000', 'e1000', EXACT),
                ('82545EM', 'e1000-82545em', EXACT),
                ('82543GC', 'e1000-82544gc', APPROXIMATED),
                ('e1000e', 'e1000e', EXACT), ('VmxNet3', 'vmxnet3', EXACT),
                ('virtio', 'virtio-net-pci', EXACT),
                ('NE2000', 'ne2k_isa', EXACT),
                ('Am79C960', 'ne2k_isa', APPROXIMATED),
                ('vmxnet2', 'pcnet', APPROXIMATED)]:
            with self.subTest(model):
                context = with_nic(model)
                self.assertEqual(device(context, driver)['mac'], MAC)
                self.assertIs(decision(context, 'network card 1').fidelity,
                              fidelity)

    def test_unknown_ones_are_refused_with_alternatives(self):
        with self.assertRaisesRegex(ImportFailed, 'network card 1: QEMU has '
                                    'no WD8013; --replace WD8013=NE2000'):
            with_nic('WD8013')

    def test_replaced(self):
        context = with_nic('WD8013', replacements=[('wd8013', 'rtl8139')])
        self.assertEqual(device(context, 'rtl8139')['mac'], MAC)
        self.assertIs(decision(context, 'network card 1').fidelity,
                      APPROXIMATED)

    def test_places_of_virtualbox(self):
        context = mapped(machine(nics=[Nic(slot, '82540EM')
                                       for slot in range(8)]))
        self.assertEqual(
            [text.partition('addr=')[2] for text
             in options(context, 'device') if text.startswith('e1000')],
            ['0x3', '0x8', '0x9', '0xa', '0x10', '0x11', '0x12', '0x13'])

    def test_priorities_order_cards(self):
        context = mapped(machine(boot_order=[BootDevice.NETWORK], nics=[
            Nic(0, 'pcnet32'), Nic(1, 'e1000', boot_priority=1),
            Nic(2, 'e1000e', boot_priority=4)]))
        self.assertEqual([device(context, name)['bootindex'] for name in
                          ('e1000e', 'e1000', 'pcnet')], ['0', '1', '2'])

    def test_every_driver_has_a_reason_unless_exact(self):
        for driver, fidelity, why in CARDS.values():
            self.assertEqual(bool(why), fidelity != 'exact', driver)


class Networks(unittest.TestCase):
    """What a card is connected to"""

    def network(self, *arguments, **settings):
        """-netdev and the decision about the network."""
        context = with_nic(*arguments, **settings)
        slot = settings.get('slot', 0)
        return (options(context, 'netdev'),
                decision(context, f'network card {slot + 1}: network'))

    def test_nat(self):
        values, made = self.network(forwardings=[
            Forwarding('ssh', 'tcp', '127.0.0.1', 2222, '10.0.2.15', 22),
            Forwarding('dns', 'udp', '', 53, '', 53)])
        self.assertEqual(values, ['user,id=net0,hostfwd=tcp:127.0.0.1:2222-'
                                  '10.0.2.15:22,hostfwd=udp::53-:53'])
        self.assertIs(made.fidelity, EQUIVALENT)

    def test_addresses_of_nat(self):
        self.assertEqual(self.network(slot=1)[0], [
            'user,id=net1,net=10.0.3.0/24,dhcpstart=10.0.3.15'])
        for short, whole in (('10.0.9/24', '10.0.9.0/24'),
                             ('192.168/16', '192.168.0.0/16')):
            self.assertEqual(self.network(nat_network=short),
                             self.network(nat_network=whole))
        self.assertEqual(self.network(nat_network='192.168.5.0/24')[0], [
            'user,id=net0,net=192.168.5.0/24,dhcpstart=192.168.5.15'])
        self.assertEqual(self.network(slot=1, source=Source.VMX)[0], [
            'user,id=net1'])
        for wrong in ('10.0.2', '10.0.2.0/32', 'x,y'):
            with self.assertRaisesRegex(ImportFailed, '1: NAT: '):
                self.network(nat_network=wrong)

    def test_bridged(self):
        values, made = self.network('e1000', 'BridgedInterface',
                                    network='eth0')
        self.assertEqual(values, ['user,id=net0'])
        self.assertIs(made.fidelity, APPROXIMATED)
        self.assertEqual(made.source, 'BridgedInterface eth0')
        values, made = self.network('e1000', 'BridgedInterface', bridge='br,0')
        self.assertEqual(values, ['bridge,id=net0,br=br,,0'])
        self.assertIs(made.fidelity, EQUIVALENT)

    def test_host_only(self):
        values, made = self.network('e1000', 'HostOnlyInterface')
        self.assertEqual(values, ['user,id=net0,restrict=on'])
        self.assertIs(made.fidelity, APPROXIMATED)

    def test_internal_networks_meet_by_name(self):
        values = [self.network('e1000', 'InternalNetwork', network=name)[0][0]
                  for name in ('lab', 'lab', 'other')]
        self.assertEqual(values[0], values[1])
        self.assertNotEqual(values[0], values[2])
        self.assertRegex(values[0], r'^socket,id=net0,mcast=230\.98\.\d+\.\d+'
                         r':2\d{4},localaddr=127\.0\.0\.1$')

    def test_none(self):
        for attachment, fidelity in [('GenericInterface', DROPPED),
                                     ('', EXACT)]:
            values, made = self.network('e1000', attachment)
            self.assertEqual(values, [])
            self.assertIs(made.fidelity, fidelity)

    def test_no_cable(self):
        context = with_nic(cable=False)
        self.assertEqual(options(context, 'netdev'), [])
        self.assertIs(decision(context, 'network card 1: cable').fidelity,
                      APPROXIMATED)


class Sound(unittest.TestCase):
    """Sound cards"""

    def test_models(self):
        for name, driver, fidelity in [
                ('AC97', 'AC97', EQUIVALENT), ('HDA', 'intel-hda', EQUIVALENT),
                ('SB16', 'sb16', EQUIVALENT), ('sb16', 'sb16', EQUIVALENT),
                ('es1371', 'ES1370', APPROXIMATED)]:
            with self.subTest(name):
                context = mapped(machine(audio=Audio(name)))
                device(context, driver)
                self.assertIs(decision(context, 'sound card').fidelity,
                              fidelity)

    def test_unknown_ones_are_lost_unless_replaced(self):
        source = machine(audio=Audio('VirtioSound'))
        self.assertIs(decision(mapped(source), 'sound card').fidelity, DROPPED)
        context = mapped(source, [('VirtioSound', 'AC97')])
        device(context, 'AC97')
        self.assertIs(decision(context, 'sound card').fidelity, APPROXIMATED)


class Graphics(unittest.TestCase):
    """Graphics cards"""

    def card(self, source=Source.VBOX, replacements=(), **settings):
        """The context."""
        return mapped(machine(source, display=Display(**settings)),
                      replacements)

    def test_models(self):
        for name, driver, fidelity in [
                ('VBoxVGA', 'VGA', APPROXIMATED), ('', 'VGA', APPROXIMATED),
                ('VBoxSVGA', 'VGA', APPROXIMATED),
                ('VMSVGA', 'vmware-svga', EQUIVALENT)]:
            context = self.card(controller=name)
            self.assertEqual(device(context, driver), {'addr': '0x2'})
            self.assertIs(decision(context, 'graphics card').fidelity,
                          fidelity)
        device(self.card(Source.VMX), 'vmware-svga')
        self.assertIn('ramfb', options(self.card(controller='QemuRamFB'),
                                       'device'))

    def test_none(self):
        self.assertEqual(options(self.card(controller='None'), 'device'), [])

    def test_replaced(self):
        device(self.card(replacements=[('VBoxVGA', 'cirrus')]), 'cirrus-vga')
        with self.assertRaisesRegex(ImportFailed, 'S3 is no graphics card'):
            self.card(controller='S3')

    def test_memory(self):
        for vram, wanted, fidelity in [(16, '16', EXACT),
                                       (9, '16', APPROXIMATED),
                                       (0, '1', APPROXIMATED),
                                       (1024, '256', APPROXIMATED)]:
            context = self.card(vram=vram)
            self.assertEqual(device(context, 'VGA')['vgamem_mb'], wanted)
            self.assertIs(decision(context, 'graphics memory').fidelity,
                          fidelity)


class Usb(unittest.TestCase):
    """USB, keyboards and mice"""

    def test_controllers(self):
        context = mapped(machine(usb=['OHCI', 'EHCI', 'XHCI', 'UHCI']))
        self.assertEqual(device(context, 'pci-ohci')['addr'], '0x6')
        self.assertEqual(device(context, 'usb-ehci')['addr'], '0xb')
        self.assertEqual(device(context, 'qemu-xhci')['addr'], '0xc')
        self.assertIs(decision(context, 'USB controller').fidelity, DROPPED)

    def test_pointing_devices(self):
        for kind, wanted in [('USBTablet', ['usb-tablet,bus=ohci.0']),
                             ('USBMouse', ['usb-mouse,bus=ohci.0']),
                             ('USBMultiTouch', ['usb-tablet,bus=ohci.0']),
                             ('PS2Mouse', []), ('', [])]:
            context = mapped(machine(pointing=kind, usb=['OHCI', 'EHCI']))
            self.assertEqual([text for text in options(context, 'device')
                              if text.startswith('usb-') and 'bus=' in text],
                             wanted)

    def test_no_usb_for_a_usb_keyboard(self):
        context = mapped(machine(keyboard='USBKeyboard', usb=['EHCI']))
        self.assertIs(decision(context, 'keyboard').fidelity, APPROXIMATED)


class Ports(unittest.TestCase):
    """Serial and parallel ports"""

    def serial(self, mode, path='', server=False, host_has=(), **settings):
        """-chardev and the decision about the connection."""
        context = mapped(machine(serials=[
            Serial(1, 0x2f8, 3, mode, path, server, **settings)]),
            host_has=host_has)
        self.assertEqual(device(context, 'isa-serial'), {
            'index': '1', 'iobase': '0x2f8', 'irq': '3',
            'chardev': 'serial1'})
        return options(context, 'chardev')[0], decision(
            context, 'serial port 2: connection').fidelity

    def test_connections(self):
        for mode, path, server, wanted in [
                ('Disconnected', '', False, 'null,id=serial1'),
                ('RawFile', '/a,b', False, 'file,id=serial1,path=/a,,b'),
                ('HostPipe', '/tmp/p', True, 'socket,id=serial1,path=/tmp/p,'
                 'server=on,wait=off'),
                ('HostPipe', '/tmp/p', False,
                 'socket,id=serial1,path=/tmp/p,server=off'),
                ('TCP', '23', True, 'socket,id=serial1,host=0.0.0.0,port=23,'
                 'server=on,wait=off'),
                ('TCP', 'host:23', False, 'socket,id=serial1,host=host,'
                 'port=23,server=off,reconnect=1')]:
            with self.subTest(mode):
                self.assertEqual(self.serial(mode, path, server),
                                 (wanted, EXACT))

    def test_a_pipe_of_windows(self):
        self.assertEqual(self.serial('HostPipe', r'\\.\pipe\x', True), (
            'socket,id=serial1,path=./serial1.socket,server=on,wait=off',
            EQUIVALENT))

    def test_a_port_of_the_host(self):
        self.assertEqual(self.serial('HostDevice', '/dev/ttyS7'),
                         ('null,id=serial1', APPROXIMATED))
        self.assertEqual(
            self.serial('HostDevice', '/dev/ttyS7', host_has=['/dev/ttyS7']),
            ('serial,id=serial1,path=/dev/ttyS7', EXACT))

    def test_what_is_no_connection(self):
        for mode in ('Telepathy', 'concentrator'):
            self.assertEqual(self.serial(mode, 'telnet://host:23 port'),
                             ('null,id=serial1', DROPPED))
        with self.assertRaisesRegex(ImportFailed, 'x:y is no port'):
            self.serial('TCP', 'x:y')

    def test_a_parallel_port(self):
        source = machine(parallels=[Parallel(0, 0x378, 7, '/dev/parport0')])
        context = mapped(source)
        self.assertEqual(device(context, 'isa-parallel')['irq'], '7')
        self.assertEqual(options(context, 'chardev'), ['null,id=parallel0'])
        context = mapped(source, host_has=['/dev/parport0'])
        self.assertEqual(options(context, 'chardev'),
                         ['parport,id=parallel0,path=/dev/parport0'])

    def test_a_parallel_port_that_prints_to_a_file(self):
        context = mapped(machine(parallels=[
            Parallel(0, 0x378, 7, 'out.prn', is_file=True)]))
        self.assertEqual(options(context, 'chardev'),
                         ['file,id=parallel0,path=out.prn'])

    def test_a_parallel_port_with_nothing_at_it(self):
        context = mapped(machine(parallels=[Parallel(0, 0x378, 7)]))
        self.assertEqual(options(context, 'chardev'), ['null,id=parallel0'])
        self.assertEqual(decision(
            context, 'parallel port 1: connection').fidelity, EXACT)


class Others(unittest.TestCase):
    """What has no place in the model"""

    def test_all_are_reported(self):
        context = mapped(machine(others=[
            Other('<Known>', '1', 'useless'),
            Other('<Unknown>', '2'),
            Other('<Harmless>', '3', harmless=True)]))
        known, unknown, harmless = (
            decision(context, name)
            for name in ('<Known>', '<Unknown>', '<Harmless>'))
        self.assertEqual((known.fidelity, known.reason), (DROPPED, 'useless'))
        self.assertIs(unknown.fidelity, DROPPED)
        self.assertIs(harmless.fidelity, EQUIVALENT)

    def test_everything_but_exact_has_a_reason(self):
        context = mapped(machine(others=[Other('x', 'y')], usb=['OHCI']))
        for made in context.report.decisions:
            self.assertEqual(bool(made.reason), made.fidelity is not EXACT)


if __name__ == '__main__':
    unittest.main()
