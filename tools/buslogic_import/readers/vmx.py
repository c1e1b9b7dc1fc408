# SPDX-License-Identifier: GPL-2.0-or-later
"""VMware's machines: .vmx files."""

from buslogic_import.errors import ImportFailed
from buslogic_import.model import (Chipset, Clock, Cpu, Firmware,
                                   FirmwareKind, Machine, Other, Source)
from buslogic_import.readers import vmx_board, vmx_network, vmx_storage
from buslogic_import.readers.package import Member
from buslogic_import.readers.vmx_keys import Keys

MAX_MEMORY = 4 << 20            # MiB: 4 TiB
MAX_CPUS = 256
DEFAULT_MEMORY = 32
MAX_ABSENT = 200                # characters of what is switched off
FIRMWARE = {'bios': FirmwareKind.BIOS, 'efi': FirmwareKind.EFI64}

# Keys that say nothing about the hardware
HARMLESS = [
    (r'config\.version|virtualhw\..*|encoding|extendedconfigfile|nvram|'
     r'cleanshutdown|softpoweroff|checkpoint\..*|migrate\..*|'
     r'replay\..*|\.encoding|vmotion\..*|sched\..*|vc\.uuid|uuid\.location|'
     r'uuid\.action|monitor\..*|policy\..*|powertype\..*|gui\..*|hints\..*|'
     r'msg\..*|virtualprintaddon\..*|numa\..*|snapshot\..*|fileref.*|'
     r'priority\..*|mainmem\..*|memsched.*|memtrim.*|prefvmx\..*|log\..*|'
     r'logging|annotation|workingdir|toolsinstallmanager\..*',
     "VMware's own bookkeeping"),
    (r'[a-z]+\d+(:\d+)?\.(startconnected|autodetect|clientdevice|redo|'
     r'allowguestconnectioncontrol|exclusive|yieldonmsrread|trynorxloss|'
     r'bidirectional)|sound\.(startconnected|autodetect)',
     'whether and how VMware connects it at the start'),
    (r'ethernet\d+\.(generatedaddressoffset|uptcompatibility|checkmacaddress|'
     r'dvs\..*|externalid|wakeonpcktrcv|linkstatepropagation\..*)',
     "of VMware's networks"),
    (r'tools\..*|isolation\..*|sharedfolder.*|hgfs\..*|guestinfo\..*|'
     r'remotedisplay\..*|unity\..*|guest\.commands\..*|'
     r'vprobe\..*|deploymentplatform',
     'a service of VMware; it is not part of the hardware'),
]


def read(path):
    """The machine in a .vmx file."""
    keys = Keys(path, Member(path).content())
    keys.get('config.version')
    if keys.get('encryption.keySafe') or keys.get('encryption.data'):
        raise ImportFailed(path, 'is encrypted: remove the encryption in '
                           'VMware first')
    firmware = keys.choice('firmware', FIRMWARE, FirmwareKind.BIOS)
    machine = Machine(
        Source.VMX, path, keys.get('displayName') or path.stem,
        keys.get('guestOS'), vmx_board.uuid(keys), keys.get('annotation'),
        keys.number('memSize', DEFAULT_MEMORY, 4, MAX_MEMORY), Chipset.PIIX3,
        Cpu(keys.number('numvcpus', 1, 1, MAX_CPUS),
            keys.number('cpuid.coresPerSocket', 1, 1, MAX_CPUS),
            nested=bool(keys.boolean('vhv.enable', False)),
            hotplug=bool(keys.boolean('vcpu.hotadd', False))),
        Firmware(firmware, acpi=bool(keys.boolean('acpi.present', True)),
                 secure_boot=bool(keys.boolean('uefi.secureBoot.enabled',
                                               False))),
        _clock(keys), bool(keys.boolean('hpet0.present', False)))
    if keys.boolean('managedvm.autoAddVTPM') or keys.boolean('vtpm.present'):
        machine.tpm = 'v2_0'
    if keys.get('checkpoint.vmState'):
        raise keys.wrong('checkpoint.vmState', 'is a suspended state: start '
                         'the machine in VMware and shut it down')
    machine.boot_order = vmx_board.boot_order(keys)
    vmx_storage.fill(machine, keys)
    vmx_network.fill(machine, keys)
    vmx_board.ports(machine, keys)
    machine.audio = vmx_board.sound(keys)
    machine.display = vmx_board.display(keys)
    vmx_board.usb(machine, keys)
    vmx_board.input_devices(machine, keys)
    machine.others += _leftovers(keys)
    return machine


def _clock(keys):
    """rtc.diffFromUTC is what the guest's clock is ahead, in seconds."""
    seconds = keys.number('rtc.diffFromUTC', None, -2 ** 40, 2 ** 40)
    return Clock(True, 1000 * (seconds or 0), seconds is not None)


def _leftovers(keys):
    """What is switched off and what nobody has read, as Others."""
    return [Other(name, settings[:MAX_ABSENT], 'it is switched off: the guest '
                  'does not see it', True)
            for name, settings in keys.absent] + [
        Other(name, value, reason, bool(reason))
        for name, value, reason in keys.unread(HARMLESS)]
