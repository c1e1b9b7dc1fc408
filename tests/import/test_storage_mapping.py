# SPDX-License-Identifier: GPL-2.0-or-later
"""Storage controllers and drives, but for what is particular to BusLogic."""

import unittest
from pathlib import Path

from machines import (UUID, cdrom, controller, decision, device, disk, machine,
                      mapped, options)
from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.storage import ALTERNATIVES, BUSES
from buslogic_import.model import (Attachment, BootDevice, Chipset,
                                   ControllerKind, DeviceKind, Medium,
                                   MediumType, Nic, Source)
from buslogic_import.report import Fidelity

KIND = ControllerKind
EXACT, EQUIVALENT = Fidelity.EXACT, Fidelity.EQUIVALENT
APPROXIMATED, DROPPED = Fidelity.APPROXIMATED, Fidelity.DROPPED


def with_drives(kind, *drives, replacements=(), host_has=(), **settings):
    """What is mapped of a machine with one controller."""
    return mapped(machine(controllers=[controller(kind, *drives)],
                          **settings), replacements, host_has=host_has)


def floppy(unit=0, **settings):
    """A floppy drive."""
    return Attachment(DeviceKind.FLOPPY, 0, unit, **settings)


class Controllers(unittest.TestCase):
    """By what the source calls them"""

    def check(self, kind, driver, fidelity, slot):
        """The driver, its place, and what the report says of it."""
        context = with_drives(kind, disk(0))
        self.assertEqual(device(context, driver)['addr'], slot)
        made = decision(context, f'controller "the {kind.value}"')
        self.assertIs(made.fidelity, fidelity)

    def test_pci_controllers_of_virtualbox(self):
        self.check(KIND.LSILOGIC_SAS, 'mptsas1068', EQUIVALENT, '0x16')
        self.check(KIND.VIRTIO_SCSI, 'virtio-scsi-pci', EQUIVALENT, '0xf')
        self.check(KIND.AHCI, 'ich9-ahci', APPROXIMATED, '0xd')
        self.check(KIND.NVME, 'nvme', APPROXIMATED, '0xe')

    def test_pvscsi(self):
        self.check(KIND.PVSCSI, 'pvscsi', EXACT, '0x17')

    def test_ide_is_part_of_the_old_chipset(self):
        for kind, fidelity in [(KIND.PIIX3, EXACT), (KIND.PIIX4, APPROXIMATED),
                               (KIND.ICH6, APPROXIMATED)]:
            context = with_drives(kind, disk(0, 1), cdrom(1, 0))
            self.assertEqual(device(context, 'ide-hd')['bus'], 'ide.0')
            self.assertEqual(device(context, 'ide-hd')['unit'], '1')
            self.assertEqual(device(context, 'ide-cd')['bus'], 'ide.1')
            made = decision(context, f'controller "the {kind.value}"')
            self.assertIs(made.fidelity, fidelity)

    def test_ide_is_added_to_the_newer_chipset(self):
        context = with_drives(KIND.PIIX3, cdrom(1), chipset=Chipset.ICH9)
        self.assertEqual(device(context, 'piix3-ide')['id'], 'storage0')
        self.assertEqual(device(context, 'ide-cd')['bus'], 'storage0.1')

    def test_drives_move_to_what_is_free_on_ide(self):
        scsi = controller(KIND.LSILOGIC, disk(0), disk(1), disk(2))
        ide = controller(KIND.PIIX4, cdrom(0, 1))
        for order in ([scsi, ide], [ide, scsi]):
            context = mapped(machine(controllers=order), [('LsiLogic', 'IDE')])
            places = {(word['bus'], word['unit']) for word in (
                dict(item.split('=', 1) for item in value.split(',')[1:])
                for value in options(context, 'device')
                if value.startswith('ide-'))}
            self.assertEqual(places, {('ide.0', '0'), ('ide.0', '1'),
                                      ('ide.1', '0'), ('ide.1', '1')})
            self.assertEqual(device(context, 'ide-cd')['unit'], '1')
        scsi.attachments.append(disk(3))
        with self.assertRaisesRegex(ImportFailed, 'four drives'):
            mapped(machine(controllers=[scsi, ide]), [('LsiLogic', 'IDE')])

    def test_a_second_ide_controller_is_refused(self):
        with self.assertRaisesRegex(ImportFailed, 'has one IDE controller'):
            mapped(machine(controllers=[controller(KIND.PIIX3),
                                        controller(KIND.PIIX4)]))

    def test_more_sata_ports_than_qemu_has(self):
        context = with_drives(KIND.AHCI, disk(5), cdrom(13))
        self.assertEqual(device(context, 'ide-hd')['bus'], 'storage0.5')
        self.assertEqual(device(context, 'ide-cd')['bus'], 'storage0-2.1')
        made = decision(context, 'controller "the AHCI": ports from 12')
        self.assertIs(made.fidelity, APPROXIMATED)

    def test_nvme_namespaces(self):
        context = with_drives(KIND.NVME, disk(3))
        self.assertEqual(device(context, 'nvme-ns')['nsid'], '4')
        with self.assertRaisesRegex(ImportFailed, 'has no such drives'):
            with_drives(KIND.NVME, cdrom(0))

    def test_usb_drives(self):
        context = with_drives(KIND.USB, disk(0), usb=['OHCI', 'XHCI'])
        self.assertEqual(device(context, 'usb-storage')['bus'], 'xhci.0')
        with self.assertRaisesRegex(ImportFailed, 'has no USB controller'):
            with_drives(KIND.USB, disk(0))

    def test_places_that_do_not_exist_are_refused(self):
        for kind, drive in [(KIND.PIIX3, disk(2)), (KIND.PIIX3, disk(0, 2)),
                            (KIND.AHCI, disk(0, 1)),
                            (KIND.LSILOGIC_SAS, disk(8)),
                            (KIND.FLOPPY, floppy(2)), (KIND.AHCI, disk(-1))]:
            with self.subTest(kind), self.assertRaisesRegex(
                    ImportFailed, f'"the {kind.value}", port {drive.port}, '
                    f'unit {drive.unit}: '):
                with_drives(kind, drive)

    def test_vmware_tells_places(self):
        context = mapped(machine(Source.VMX, controllers=[
            controller(KIND.PVSCSI, pci_slot=21)], nics=[
                Nic(0, 'e1000', pci_slot=21)]))
        self.assertEqual(device(context, 'pvscsi')['addr'], '0x15')
        self.assertEqual(device(context, 'e1000')['addr'], '0x2')
        made = decision(context, 'network card 1: PCI device number')
        self.assertIs(made.fidelity, APPROXIMATED)

    def test_places_run_out(self):
        with self.assertRaisesRegex(ImportFailed, 'more devices'):
            mapped(machine(controllers=[
                controller(KIND.VIRTIO_SCSI) for _ in range(40)]))


class Unsupported(unittest.TestCase):
    """What QEMU has no device for"""

    def test_every_kind_has_a_device_or_alternatives(self):
        for kind in KIND:
            self.assertNotEqual(kind.value in BUSES, kind in ALTERNATIVES)
        for ways in ALTERNATIVES.values():
            self.assertLessEqual({name for name, _ in ways}, set(BUSES))

    def test_the_refusal_names_the_alternatives(self):
        with self.assertRaisesRegex(
                ImportFailed, 'QEMU has no LsiLogic; --replace '
                'LsiLogic=BusLogic for .*--replace LsiLogic=AHCI for '):
            with_drives(KIND.LSILOGIC, disk(0))

    def test_an_alternative_is_taken(self):
        context = with_drives(KIND.LSILOGIC, disk(3, 1),
                              replacements=[('lsilogic', 'buslogic')])
        self.assertEqual(device(context, 'scsi-hd')['scsi-id'], '3')
        self.assertEqual(device(context, 'scsi-hd')['lun'], '1')
        made = decision(context, 'controller "the LsiLogic"')
        self.assertIs(made.fidelity, APPROXIMATED)

    def test_all_alternatives_work(self):
        for name, driver in [('LsiLogicSas', 'mptsas1068'),
                             ('lsi53c895a', 'lsi53c895a'),
                             ('am53c974', 'am53c974'), ('megasas', 'megasas'),
                             ('pvscsi', 'pvscsi'), ('AHCI', 'ich9-ahci')]:
            with self.subTest(name):
                context = with_drives(KIND.LSILOGIC, disk(3),
                                      replacements=[('LsiLogic', name)])
                device(context, driver)

    def test_drives_move_up_on_another_kind_of_bus(self):
        context = with_drives(KIND.LSILOGIC, disk(0), disk(5), cdrom(6),
                              replacements=[('LsiLogic', 'IDE')])
        places = [(value['bus'], value['unit']) for value in (
            dict(word.split('=') for word in text.split(',')[1:])
            for text in options(context, 'device')
            if text.startswith('ide-'))]
        self.assertEqual(places, [('ide.0', '0'), ('ide.0', '1'),
                                  ('ide.1', '0')])
        made = decision(context, 'disk on controller "the LsiLogic", port 5')
        self.assertIs(made.fidelity, APPROXIMATED)

    def test_drives_stay_on_a_bus_of_the_same_kind(self):
        context = with_drives(KIND.PIIX4, cdrom(1, 1),
                              replacements=[('PIIX4', 'PIIX3')])
        self.assertEqual(device(context, 'ide-cd')['bus'], 'ide.1')
        self.assertEqual(device(context, 'ide-cd')['unit'], '1')

    def test_an_unknown_alternative_is_refused(self):
        with self.assertRaisesRegex(ImportFailed, 'Adaptec is no storage '
                                    'controller; known are BusLogic, '):
            with_drives(KIND.LSILOGIC, replacements=[('LsiLogic', 'Adaptec')])


class Drives(unittest.TestCase):
    """Options of -drive and -device"""

    def drive(self, *found, kind=KIND.BUSLOGIC, **more):
        """The context, and -drive of the only drive."""
        context = with_drives(kind, *found, **more)
        values = options(context, 'drive')
        self.assertEqual(len(values), 1)
        return context, values[0].split(',')

    def medium(self, kind=MediumType.NORMAL, path='/vm/x.vdi'):
        """A medium of that type."""
        return Medium(Path(path), UUID, 'VDI', kind)

    def test_media_types(self):
        for kind, wanted, fidelity in [
                (MediumType.IMMUTABLE, 'snapshot=on', EXACT),
                (MediumType.READONLY, 'readonly=on', EXACT),
                (MediumType.WRITETHROUGH, 'id=disk0', EQUIVALENT),
                (MediumType.MULTI_ATTACH, 'id=disk0', EQUIVALENT),
                (MediumType.SHAREABLE, 'id=disk0', EQUIVALENT)]:
            with self.subTest(kind):
                context, words = self.drive(disk(0, medium=self.medium(kind)))
                self.assertIn(wanted, words)
                made = decision(context, 'disk on controller "the BusLogic", '
                                'port 0: medium type')
                self.assertIs(made.fidelity, fidelity)

    def test_shareable_disks_are_shared(self):
        context, _ = self.drive(disk(0, medium=self.medium(
            MediumType.SHAREABLE)))
        self.assertEqual(device(context, 'scsi-hd')['share-rw'], 'on')

    def test_ide_disks_cannot_be_read_only(self):
        _, words = self.drive(disk(0, medium=self.medium(MediumType.READONLY)),
                              kind=KIND.PIIX3)
        self.assertIn('snapshot=on', words)
        self.assertNotIn('readonly=on', words)

    def test_discard_and_rotation(self):
        context, words = self.drive(disk(0, discard=True, nonrotational=True))
        self.assertIn('discard=unmap', words)
        self.assertEqual(device(context, 'scsi-hd')['rotation_rate'], '1')

    def test_an_empty_cdrom_drive(self):
        _, words = self.drive(cdrom(2))
        self.assertEqual(words, ['if=none', 'id=cd0', 'media=cdrom'])

    def test_a_disk_of_another_host_ends_the_import(self):
        drive = disk(0)
        drive.medium, drive.host_drive = None, '/dev/sdb'
        with self.assertRaisesRegex(ImportFailed, 'does not have /dev/sdb'):
            self.drive(drive)

    def test_a_drive_of_the_host(self):
        drive = cdrom(2, host_drive='/dev/sr0', passthrough=True)
        context, words = self.drive(drive, host_has=['/dev/sr0'])
        self.assertEqual(words[2:], ['media=cdrom', 'format=host_cdrom',
                                     'file=/dev/sr0', 'readonly=on'])
        self.assertIs(decision(
            context, 'CD-ROM drive on controller "the BusLogic", port 2: '
            'passthrough').fidelity, DROPPED)
        context, words = self.drive(drive)
        self.assertEqual(words[2:], ['media=cdrom'])
        self.assertIs(decision(
            context, 'CD-ROM drive on controller "the BusLogic", port 2: '
            'drive of the host').fidelity, APPROXIMATED)

    def test_virtualbox_names_of_drives(self):
        context = with_drives(KIND.BUSLOGIC, disk(0), cdrom(1))
        hard = device(context, 'scsi-hd')
        self.assertEqual((hard['vendor'], hard['product'], hard['ver']),
                         ('VBOX', 'HARDDISK', '1.0'))
        self.assertEqual(device(context, 'scsi-cd')['product'], 'CD-ROM')

    def test_virtualbox_serial_numbers(self):
        context = with_drives(KIND.AHCI, disk(0))
        self.assertEqual(device(context, 'ide-hd')['serial'],
                         'VB4bc0ddde-b26a2ade')
        self.assertEqual(device(context, 'ide-hd')['model'], 'VBOX HARDDISK')

    def test_names_that_are_set(self):
        context = with_drives(KIND.BUSLOGIC, disk(
            0, vendor='ACME, Inc', product='Disk', serial='1,2'))
        hard = [text for text in options(context, 'device')
                if text.startswith('scsi-hd')][0]
        self.assertIn('vendor=ACME,, In,product=Disk,ver=1.0,serial=1,,2',
                      hard)
        self.assertIs(decision(
            context, 'disk on controller "the BusLogic", port 0: vendor'
        ).fidelity, APPROXIMATED)

    def test_vmware_names_of_drives(self):
        context = mapped(machine(Source.VMX, controllers=[
            controller(KIND.BUSLOGIC, disk(0))]))
        self.assertEqual(device(context, 'scsi-hd')['product'],
                         'Virtual disk')

    def test_floppies_cannot_be_on_scsi(self):
        with self.assertRaisesRegex(ImportFailed, 'has no such drives'):
            with_drives(KIND.BUSLOGIC, floppy())


class Geometry(unittest.TestCase):
    """Cylinders, heads and sectors"""

    def properties(self, kind, size, claimed, source=Source.VMX):
        """Those of a disk whose image claims a geometry."""
        drive = disk(0)
        context = mapped(machine(source, controllers=[controller(kind, drive)]
                                 ), geometries={
            id(drive.medium): (size, claimed)})
        driver = 'scsi-hd' if kind is KIND.BUSLOGIC else 'ide-hd'
        found = device(context, driver)
        return [found.get(name) for name in
                ('lcyls', 'lheads', 'lsecs', 'cyls', 'heads', 'secs')]

    def test_what_the_boot_rom_says_anyway(self):
        for size, claimed in [(1 << 29, (512, 64, 32)),
                              (3 << 29, (768, 128, 32)),
                              (1 << 31, (261, 255, 63))]:
            self.assertEqual(self.properties(KIND.BUSLOGIC, size, claimed),
                             [None] * 6)

    def test_what_vmware_says_otherwise(self):
        self.assertEqual(
            self.properties(KIND.BUSLOGIC, 1 << 30, (130, 255, 63)),
            ['130', '255', '63', None, None, None])

    def test_what_no_bios_can_say(self):
        self.assertEqual(
            self.properties(KIND.BUSLOGIC, 1 << 30, (2080, 16, 63)),
            [None] * 6)

    def test_virtualbox_goes_by_the_rule(self):
        self.assertEqual(self.properties(
            KIND.BUSLOGIC, 1 << 29, (1040, 16, 63), Source.VBOX), [None] * 6)

    def test_ide(self):
        self.assertEqual(
            self.properties(KIND.PIIX3, 1 << 25, (963, 4, 17)),
            [None, None, None, '963', '4', '17'])
        for claimed in [(65, 16, 63), (1024, 255, 63), (0, 4, 17)]:
            self.assertEqual(self.properties(KIND.PIIX3, 1 << 25, claimed),
                             [None] * 6)


class Order(unittest.TestCase):
    """bootindex"""

    def boot(self, order):
        """bootindex of floppy drive, CD-ROM drives, disks, network card."""
        context = mapped(machine(boot_order=order, controllers=[
            controller(KIND.BUSLOGIC, disk(0, boot_rank=2), cdrom(1)),
            controller(KIND.PIIX3, disk(0, boot_rank=1)),
            controller(KIND.AHCI, disk(0), bootable=False),
            controller(KIND.FLOPPY, floppy())], nics=[Nic(0, 'e1000')]))
        found = {}
        for text in options(context, 'device'):
            for word in text.split(','):
                if word.startswith('bootindex='):
                    found[text.split(',')[0]] = int(word[10:])
        for text in options(context, 'global'):
            found['floppy'] = int(text.rpartition('=')[2])
        return context, found

    def test_in_the_order_of_the_source(self):
        kind = BootDevice
        context, found = self.boot([kind.NETWORK, kind.DISK, kind.CDROM,
                                    kind.FLOPPY])
        self.assertEqual(found, {'e1000': 0, 'ide-hd': 1, 'scsi-hd': 2,
                                 'scsi-cd': 3, 'floppy': 4})
        self.assertEqual(options(context, 'boot'), ['strict=on'])

    def test_what_is_not_named_is_not_booted(self):
        context, found = self.boot([BootDevice.CDROM])
        self.assertEqual(found, {'scsi-cd': 0})
        self.assertEqual(options(context, 'boot'), ['strict=on'])

    def test_the_usual_order(self):
        context, found = self.boot(None)
        self.assertEqual(found, {'floppy': 0, 'scsi-cd': 1, 'ide-hd': 2,
                                 'scsi-hd': 3})
        self.assertEqual(options(context, 'boot'), [])


if __name__ == '__main__':
    unittest.main()
