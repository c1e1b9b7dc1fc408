# SPDX-License-Identifier: GPL-2.0-or-later
"""Chipset, firmware, processors, clock, texts about the machine."""

import unittest

from machines import (UUID, controller, decision, disk, machine, mapped,
                      options)
from buslogic_import.errors import ImportFailed
from buslogic_import.model import (Chipset, Clock, ControllerKind, Cpu,
                                   Firmware, FirmwareKind, Source)
from buslogic_import.report import Fidelity

EXACT, EQUIVALENT = Fidelity.EXACT, Fidelity.EQUIVALENT
APPROXIMATED, DROPPED = Fidelity.APPROXIMATED, Fidelity.DROPPED


def words(context, name):
    """Those of the only option of a name."""
    found = options(context, name)
    assert len(found) == 1, found
    return found[0].split(',')


class BoardTest(unittest.TestCase):
    """What the tests have in common"""

    def assert_decision(self, context, setting, fidelity, result=''):
        """How much is left of a setting, and a part of what it becomes."""
        made = decision(context, setting)
        self.assertIs(made.fidelity, fidelity)
        self.assertIn(result, made.result)


class Chipsets(BoardTest):
    """Mainboards"""

    def test_virtualbox_piix3(self):
        context = mapped(machine())
        self.assertEqual(words(context, 'machine')[0], 'pc')
        self.assert_decision(context, 'chipset', EQUIVALENT)

    def test_ich9(self):
        context = mapped(machine(chipset=Chipset.ICH9))
        self.assertEqual(words(context, 'machine')[0], 'q35')
        self.assertIn('sata=off', words(context, 'machine'))
        self.assert_decision(context, 'chipset', APPROXIMATED)

    def test_vmware_has_another_host_bridge(self):
        context = mapped(machine(Source.VMX))
        self.assert_decision(context, 'chipset', APPROXIMATED, 'pc')

    def test_replaced(self):
        context = mapped(machine(), [('piix3', 'ich9')])
        self.assertEqual(words(context, 'machine')[0], 'q35')
        self.assert_decision(context, 'chipset', APPROXIMATED)

    def test_replaced_by_what_is_none(self):
        with self.assertRaisesRegex(ImportFailed, 'X58 is no chipset'):
            mapped(machine(), [('PIIX3', 'X58')])

    def test_the_backdoor_is_vmwares(self):
        self.assertIn('vmport=off', words(mapped(machine()), 'machine'))
        self.assertIn('vmport=on',
                      words(mapped(machine(Source.VMX)), 'machine'))

    def test_hpet_and_acpi(self):
        for on in (True, False):
            word = 'on' if on else 'off'
            context = mapped(machine(hpet=on, firmware=Firmware(acpi=on)))
            self.assertIn(f'hpet={word}', words(context, 'machine'))
            self.assertIn(f'acpi={word}', words(context, 'machine'))

    def test_iommu(self):
        context = mapped(machine(iommu='Intel', chipset=Chipset.ICH9))
        self.assertIn('intel-iommu', options(context, 'device'))
        self.assert_decision(mapped(machine(iommu='AMD')), 'IOMMU', DROPPED)
        self.assert_decision(mapped(machine(
            iommu='Automatic', chipset=Chipset.ICH9)), 'IOMMU', DROPPED)

    def test_a_tpm_is_told_to_be_lost(self):
        self.assert_decision(mapped(machine(tpm='v2_0')), 'TPM', DROPPED)


class Firmwares(BoardTest):
    """BIOS and UEFI"""

    def uefi(self, kind, chipset=Chipset.ICH9, **settings):
        """What is mapped of a machine with it."""
        return mapped(machine(firmware=Firmware(kind, **settings),
                              chipset=chipset))

    def test_64_bits(self):
        for chipset in Chipset:
            context = self.uefi(FirmwareKind.EFI64, chipset)
            code, variables = options(context, 'drive')
            self.assertIn('readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd',
                          code)
            self.assertIn('file=./uefi-variables.fd', variables)
            self.assertNotIn('smm=on', words(context, 'machine'))

    def test_32_bits_need_the_newer_chipset(self):
        context = self.uefi(FirmwareKind.EFI32, Chipset.PIIX3)
        self.assertEqual(words(context, 'machine')[0], 'q35')
        self.assertIn('OVMF32_CODE_4M.secboot.fd',
                      options(context, 'drive')[0])
        self.assert_decision(context, 'chipset', APPROXIMATED)

    def test_secure_boot(self):
        context = self.uefi(FirmwareKind.EFI64, secure_boot=True)
        self.assertIn('OVMF_CODE_4M.secboot.fd', options(context, 'drive')[0])
        self.assertIn('smm=on', words(context, 'machine'))
        self.assertEqual(options(context, 'global'), [
            'driver=cfi.pflash01,property=secure,value=on'])
        self.assertEqual(context.options.firmware[1],
                         '/usr/share/OVMF/OVMF_VARS_4M.ms.fd')
        self.assert_decision(context, 'Secure Boot', EQUIVALENT)

    def test_secure_boot_is_lost_on_the_old_chipset(self):
        context = self.uefi(FirmwareKind.EFI64, Chipset.PIIX3,
                            secure_boot=True)
        self.assertIn('OVMF_CODE_4M.fd', options(context, 'drive')[0])
        self.assert_decision(context, 'Secure Boot', DROPPED)

    def test_a_boot_menu(self):
        for menu, wanted in [('Disabled', []), ('MenuOnly', ['menu=on'])]:
            context = mapped(machine(firmware=Firmware(boot_menu=menu)))
            self.assertEqual(options(context, 'boot'), wanted)

    def test_virtualbox_texts(self):
        context = mapped(machine(firmware=Firmware(smbios={
            (1, 'serial'): 'A, B', (11, 'value'): 'vendor', (9, 'x'): 'y'})))
        texts = options(context, 'smbios')
        self.assertIn('type=1,manufacturer=innotek GmbH,product=VirtualBox,'
                      'version=1.2,serial=A,, B,family=Virtual Machine', texts)
        self.assertIn('type=11,value=vendor', texts)
        self.assert_decision(context, 'SMBIOS type 1, serial', EXACT)
        self.assert_decision(context, 'SMBIOS type 9, x', DROPPED)

    def test_vmware_texts(self):
        texts = options(mapped(machine(Source.VMX, uuid=UUID)), 'smbios')
        self.assertTrue(any('serial=VMware-4b c0 dd de 9b 86 4d c8-'
                            'b6 fc 1b a9 de 2a 6a b2' in text
                            for text in texts), texts)
        self.assertTrue(any('product=VMware Virtual Platform' in text
                            for text in texts), texts)

    def test_nobody_knows_the_texts_of_an_ovf(self):
        self.assertEqual(options(mapped(machine(Source.OVF)), 'smbios'), [])


class Processors(BoardTest):
    """-cpu and -smp"""

    def cpu(self, os_type='', paravirt='', replacements=(), **settings):
        """The words of -cpu."""
        return words(mapped(machine(os_type=os_type, paravirt=paravirt,
                                    cpu=Cpu(**settings)), replacements),
                     'cpu')

    def test_by_guest_system(self):
        for os_type, wanted in [
                ('WindowsNT3x', '486'), ('WindowsNT4', 'pentium2'),
                ('winNT', 'pentium2'), ('Windows95', 'pentium'),
                ('Windows98', 'pentium2'), ('WindowsMe', 'pentium2'),
                ('Windows2000', 'pentium3'), ('win2000Serv', 'pentium3'),
                ('DOS', 'pentium'), ('OS2Warp4', 'pentium2'),
                ('Netware', 'pentium3'), ('Linux24', 'pentium3'),
                ('WindowsXP', 'max'), ('Windows2003_64', 'max'),
                ('Debian_64', 'max'), ('winNetEnterprise', 'max'),
                ('Windows10_64', 'max'), ('', 'max')]:
            with self.subTest(os_type):
                self.assertEqual(self.cpu(os_type), [wanted])

    def test_old_linux_and_unix_by_vmware_s_names(self):
        for os_type in ('linux', 'redhat', 'suse', 'turbolinux', 'otherlinux',
                        'other24xlinux', 'other24xLinuxGuest', 'redhatGuest',
                        'solaris8', 'solaris8Guest', 'openserver5'):
            with self.subTest(os_type):
                self.assertEqual(self.cpu(os_type), ['pentium3'])
        self.assertEqual(self.cpu('eComStation'), ['pentium2'])

    def test_new_systems_with_names_like_old_ones(self):
        for os_type in ('other26xlinux', 'other3xlinux', 'oracleLinux',
                        'ArchLinux', 'OpenSUSE', 'opensuse', 'sles'):
            with self.subTest(os_type):
                self.assertEqual(self.cpu(os_type), ['max'])

    def test_systems_with_64_bits_get_long_mode(self):
        for os_type in ('Linux24_64', 'Solaris_64', 'Haiku_64',
                        'other24xlinux-64', 'suse64Guest'):
            with self.subTest(os_type):
                self.assertEqual(self.cpu(os_type), ['max'])

    def test_switched_off(self):
        self.assertEqual(
            self.cpu(long_mode=False, pae=False, apic=False, x2apic=False),
            ['max', 'lm=off', 'pae=off', 'apic=off', 'x2apic=off'])

    def test_a_64_bit_processor_keeps_pae(self):
        self.assertEqual(self.cpu(pae=False), ['max'])

    def test_old_processors_do_not_get_what_they_never_had(self):
        self.assertEqual(self.cpu('WindowsNT4', long_mode=True, pae=True),
                         ['pentium2'])

    def test_a_profile(self):
        self.assertEqual(self.cpu(profile='Intel 80386'), ['486'])
        context = mapped(machine(cpu=Cpu(profile='Intel Core i7-5600U')))
        self.assert_decision(context, 'processor profile', APPROXIMATED)

    def test_replaced(self):
        self.assertEqual(self.cpu(replacements=[('cpu', 'host')]), ['host'])

    def test_hyper_v(self):
        self.assertIn('hv-relaxed', self.cpu(paravirt='HyperV'))

    def test_no_paravirtualization(self):
        self.assertEqual(self.cpu(paravirt='None'),
                         ['max', 'kvm=off', 'hypervisor=off'])

    def test_counts(self):
        for count, cores, wanted in [
                (1, 1, '1,sockets=1,cores=1,threads=1'),
                (8, 4, '8,sockets=2,cores=4,threads=1'),
                (6, 4, '6,sockets=6,cores=1,threads=1')]:
            context = mapped(machine(cpu=Cpu(count, cores)))
            self.assertEqual(options(context, 'smp'), [wanted])
        self.assert_decision(context, 'cores of a processor', APPROXIMATED)

    def test_what_qemu_does_not_have(self):
        context = mapped(machine(cpu=Cpu(nested=True, hotplug=True,
                                         execution_cap=50)))
        for setting in ('nested virtualization', 'execution cap',
                        'hot-plugging of processors'):
            self.assert_decision(context, setting, DROPPED)


class Identity(BoardTest):
    """Names and times"""

    def test_uuid(self):
        self.assertEqual(options(mapped(machine(uuid=UUID)), 'uuid'), [UUID])
        self.assertEqual(options(mapped(machine()), 'uuid'), [])

    def test_clock(self):
        for utc, wanted in [(True, 'base=utc'), (False, 'base=localtime')]:
            context = mapped(machine(clock=Clock(utc, -86400400)))
            self.assertEqual(options(context, 'rtc'), [wanted])
            self.assertEqual(context.options.clock_offset, -86400)
            self.assert_decision(context, 'clock', EXACT)
            self.assert_decision(context, 'clock offset', EQUIVALENT)

    def test_clock_that_the_source_does_not_tell(self):
        context = mapped(machine(clock=Clock(told=False)))
        self.assertEqual(options(context, 'rtc'), ['base=utc'])
        self.assert_decision(context, 'clock', APPROXIMATED)

    def test_replacing_what_is_not_there(self):
        with self.assertRaisesRegex(ImportFailed, 'the machine has no AHCI'):
            mapped(machine(controllers=[controller(
                ControllerKind.BUSLOGIC, disk(0))]), [('AHCI', 'IDE')])


if __name__ == '__main__':
    unittest.main()
