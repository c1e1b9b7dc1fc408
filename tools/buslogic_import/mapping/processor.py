# SPDX-License-Identifier: GPL-2.0-or-later
"""Processors.

VirtualBox and VMware show the guest the host's processor.  So does QEMU's
model "max", as far as the accelerator can.  Systems that are older than the
features of such a processor are given one of their own time.
"""

import re

# By what the sources call the guest system, VirtualBox first, VMware second.
# The first that matches counts.
MODELS = [
    (r'WindowsNT3', '486', 'Windows NT 3 ends on processors it does not know'),
    (r'DOS|Windows31|win31', 'pentium', 'of the time of that system'),
    (r'WindowsNT4|winNT', 'pentium2',
     'Windows NT 4 ends on processors that tell much of themselves'),
    (r'Windows95|win95', 'pentium', 'Windows 95 ends on fast processors'),
    (r'Windows(98|Me)|win(98|Me)', 'pentium2', 'of the time of that system'),
    (r'OS2|eComStation|ArcaOS', 'pentium2', 'of the time of that system'),
    (r'NetWare', 'pentium3', 'of the time of that system'),
    (r'Linux2[24]|^other(24x)?linux(Guest)?$|'
     r'^(linux|redhat|suse|turbolinux)(Guest)?$', 'pentium3',
     'of the time of that system'),
    (r'Windows2000|win2000|Windows2k', 'pentium3',
     'of the time of that system'),
    (r'SCO|openserver|unixware|Solaris[6789](Guest)?$|BeOS|NeXT|QNX|Haiku',
     'pentium3', 'of the time of that system'),
]
# How the names of systems end that need long mode, which none of these has
LONG_MODE = re.compile(r'64(Guest)?$')
NEWER = ('max', "the host's processor, as far as QEMU can show it")

# VirtualBox's names of processors to show
PROFILES = {'intel 80386': '486', 'intel 80486': '486',
            'intel pentium': 'pentium', 'intel pentium ii': 'pentium2',
            'intel pentium iii': 'pentium3'}

HYPER_V = ['hv-relaxed', 'hv-vapic', 'hv-time', 'hv-spinlocks=0x1fff']


def model(context):
    """(name, why) of the processor for the guest system or the profile."""
    profile = context.machine.cpu.profile.lower()
    if profile in PROFILES:
        return PROFILES[profile], f'the profile {context.machine.cpu.profile}'
    guest = context.machine.os_type
    for pattern, name, why in MODELS:
        if re.search(pattern, guest, re.I) and not LONG_MODE.search(guest):
            return name, why
    return NEWER


def map_processor(context):
    """All about them."""
    name, why = model(context)
    chosen = context.choices.model('cpu')
    if chosen != 'cpu':
        name, why = chosen, 'replaced as you said'
    features = [*_features(context, name), *_paravirt(context)]
    context.options.remark('Processors')
    option = context.options.add('cpu', ','.join([name, *features]))
    guest = context.machine.os_type
    context.report.equivalent('processor', "the host's" + (
        f', for {guest}' if guest else ''), option, why)
    _map_count(context)
    _report_rest(context, name)


def _features(context, name):
    """What the source switches, as words for -cpu; reports it."""
    cpu = context.machine.cpu
    return [*_switch(context, name, 'lm', 'long mode', cpu.long_mode),
            *_pae(context, name),
            *_switch(context, name, 'apic', 'local APIC', cpu.apic),
            *_x2apic(context)]


def _switch(context, name, feature, setting, wanted):
    if wanted is None:
        return []
    if not wanted:
        context.report.exact(setting, 'off', f'-cpu {feature}=off')
        return [f'{feature}=off']
    if name == NEWER[0]:
        context.report.exact(setting, 'on', f'-cpu {name}')
    else:
        context.report.equivalent(setting, 'on', f'as {name} has it',
                                  'guests of that time do not miss it')
    return []


def _pae(context, name):
    cpu = context.machine.cpu
    if cpu.pae is False and name == NEWER[0] and cpu.long_mode is not False:
        context.report.equivalent('PAE', 'off', 'on',
                                  '64-bit processors always have it')
        return []
    return _switch(context, name, 'pae', 'PAE', cpu.pae)


def _x2apic(context):
    wanted = context.machine.cpu.x2apic
    if wanted:
        # Asked for by name, it would be a warning where there is no KVM.
        context.report.equivalent('x2APIC', 'on', 'as the accelerator has it',
                                  'guests look whether it is there')
    elif wanted is False:
        context.report.exact('x2APIC', 'off', '-cpu x2apic=off')
        return ['x2apic=off']
    return []


def _paravirt(context):
    """What tells the guest that it is one."""
    kind = context.machine.paravirt
    if kind == 'HyperV':
        context.report.equivalent('paravirtualization', kind,
                                  '-cpu ' + ','.join(HYPER_V),
                                  'in effect with KVM')
        return HYPER_V
    if kind in ('None', 'Legacy'):
        context.report.exact('paravirtualization', kind,
                             '-cpu kvm=off,hypervisor=off')
        return ['kvm=off', 'hypervisor=off']
    if kind == 'Minimal':
        context.report.approximated(
            'paravirtualization', kind, "KVM's, with KVM",
            'QEMU does not tell the frequencies of the processor')
    elif kind:
        context.report.equivalent('paravirtualization', kind,
                                  "KVM's, with KVM",
                                  'the guest takes what it finds')
    return []


def _map_count(context):
    cpu, cores = context.machine.cpu, context.machine.cpu.cores_per_socket
    if cores < 1 or cpu.count % cores:
        context.report.approximated(
            'cores of a processor', cores, '1',
            f'{cpu.count} cores cannot be divided that way')
        cores = 1
    elif cores > 1:
        context.report.exact('cores of a processor', cores, f'cores={cores}')
    option = context.options.add('smp', cpu.count, {
        'sockets': cpu.count // cores, 'cores': cores, 'threads': 1})
    context.report.exact('processors', cpu.count, option)


def _report_rest(context, name):
    cpu, report = context.machine.cpu, context.report
    if cpu.profile and cpu.profile.lower() not in ('host', *PROFILES):
        report.approximated('processor profile', cpu.profile, f'-cpu {name}',
                            'QEMU does not have that one')
    if cpu.nested:
        report.dropped('nested virtualization', 'on', 'add vmx=on or svm=on '
                       'to -cpu where the host permits it')
    if cpu.hotplug:
        report.dropped('hot-plugging of processors', 'on',
                       'all of them are there from the start')
    if cpu.execution_cap != 100:
        report.dropped('execution cap', f'{cpu.execution_cap} %',
                       "QEMU has none; the host's cgroups do it")
