# SPDX-License-Identifier: GPL-2.0-or-later
"""The command buslogic-import."""

import argparse
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from buslogic_import import disks, readers
from buslogic_import.errors import ImportFailed, printable
from buslogic_import.launcher import launcher
from buslogic_import.mapping import map_machine
from buslogic_import.mapping.choices import Choices
from buslogic_import.mapping.drives import DEVICE_WORDS
from buslogic_import.model import DeviceKind, Other
from buslogic_import.output.folder import (REPORT, RUN, XML, check_free,
                                           check_outside, folder_name,
                                           new_folder, write_text)
from buslogic_import.output.libvirt import machine_xml
from buslogic_import.output.report import (decision_lines, report_text,
                                           summary)
from buslogic_import.output.script import script
from buslogic_import.progress import Progress
from buslogic_import.report import Decision, Fidelity
from buslogic_import.version import version

FAILED, USAGE, STRICT = 1, 2, 3

DESCRIPTION = '''\
Makes a machine for QEMU, with a BusLogic adapter where it had one, from a
machine of VirtualBox or VMware. The result is a folder:

  run          starts the machine
  machine.xml  the machine for libvirt
  report.txt   what has become of each setting, and why
  *.qcow2      its disks
'''

EPILOG = '''\
The original is never written to, unless you say --in-place. Without --convert,
the new disks need the old ones, which must not be changed any more.

Exit status: 0 for success, 1 if the machine cannot be imported, 2 for wrong
usage, 3 if --strict refuses it. Unless it is 0, nothing is written.

Examples:

  buslogic-import "Old Server.vbox" && ./Old\\ Server/run
  buslogic-import -n appliance.ova
  buslogic-import --replace LsiLogic=BusLogic --convert -o /vm/db db.vmx
'''


def _replacement(text):
    """OLD=NEW as a pair."""
    old, separator, new = text.partition('=')
    if not (old and separator and new):
        raise argparse.ArgumentTypeError(f'{text!r} is not OLD=NEW')
    return old, new


def parser():
    """All options; the manual page and the completion name them, too."""
    made = argparse.ArgumentParser(
        prog='buslogic-import', description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument('machine', type=Path, metavar='FILE',
                      help='a .vbox, .ovf, .ova or .vmx file')
    made.add_argument('-o', '--output', type=Path, metavar='FOLDER',
                      help='where the result goes (default: a folder in the '
                      'current directory, with the name of the machine)')
    made.add_argument('--force', action='store_true',
                      help='replace an earlier result, with its disks')
    disk = made.add_mutually_exclusive_group()
    disk.add_argument('--convert', action='store_true',
                      help='make disks that do not need the old ones')
    disk.add_argument('--in-place', action='store_true',
                      help='let the machine write to the old disks')
    made.add_argument('--replace', type=_replacement, action='append',
                      default=[], metavar='OLD=NEW',
                      help='another controller, network card, graphics card, '
                      'sound card or chipset, as in LsiLogic=BusLogic; or '
                      'cpu=MODEL')
    made.add_argument('--bridge', default='', metavar='NAME',
                      help='the bridge of this host for network cards that '
                      'were bridged (default: NAT)')
    made.add_argument('--configuration', default='', metavar='NAME',
                      help='which of several that an .ovf or .ova has '
                      '(default: its own default)')
    made.add_argument('--strict', action='store_true',
                      help='refuse a machine of which the guest would see '
                      'anything that is different')
    made.add_argument('-n', '--report-only', action='store_true',
                      help='print the report, and write nothing')
    made.add_argument('-q', '--quiet', action='store_true',
                      help='print nothing but errors')
    made.add_argument('--version', action='version',
                      version=f'%(prog)s {version()}')
    return made


def has_kvm():
    """Whether this host can use it."""
    try:
        with open('/dev/kvm', 'r+b', buffering=0):
            return True
    except OSError:
        return False


def _take_out_missing(machine):
    """CDs and floppies that are gone need not end an import."""
    for drive in (drive for controller in machine.controllers
                  for drive in controller.attachments):
        medium = drive.medium
        if medium and drive.kind is not DeviceKind.DISK and (
                not os.path.lexists(medium.path)):
            drive.medium = None
            machine.others.append(Other(
                f'medium of {drive.kind.value}', str(medium.path),
                'the file is missing: the drive is empty'))


class Import:
    """One machine on its way."""

    def __init__(self, args):
        self.args = args
        self.machine = readers.read(args.machine, args.quiet,
                                    args.configuration)
        self.folder = (args.output or
                       Path(folder_name(self.machine.name))).absolute()
        _take_out_missing(self.machine)
        self._check_disks()
        self.plans = self._plans()
        self.context = map_machine(
            self.machine,
            {key: plan.image for key, plan in self.plans.items()},
            Choices(args.replace, args.bridge),
            geometries={key: (plan.size, plan.geometry)
                        for key, plan in self.plans.items() if plan.geometry})
        self._report_disks()

    def _media(self):
        """(medium, kind of drive, name of an image), each medium once."""
        seen, counts = set(), Counter()
        for drive in (drive for controller in self.machine.controllers
                      for drive in controller.attachments):
            word = DEVICE_WORDS[drive.kind]
            if drive.medium and id(drive.medium) not in seen:
                seen.add(id(drive.medium))
                yield drive.medium, drive.kind, f'{word}{counts[word]}'
            counts[word] += 1

    def _check_disks(self):
        """Two drives must not write to the same disk by mistake."""
        seen = set()
        for medium, kind, _ in self._media():
            place = medium.path.resolve(), medium.offset
            if kind is DeviceKind.DISK and place in seen:
                raise ImportFailed(medium.path, 'is the disk of two drives, '
                                   'or one of their disks is missing and this '
                                   'one has the same name')
            seen.add(place)

    def _plans(self):
        """What is to be done with each medium, by its id()."""
        mode = (disks.Mode.CONVERT if self.args.convert else
                disks.Mode.IN_PLACE if self.args.in_place else
                disks.Mode.OVERLAY)
        return {id(medium): disks.plan(medium, kind, mode, self.folder, name)
                for medium, kind, name in self._media()}

    def _originals(self):
        """The files that the import reads, differences and all."""
        yield self.machine.path
        for medium, *_ in self._media():
            while medium:
                yield medium.path
                medium = medium.parent

    def _report_disks(self):
        """What is done with each image, and what that changes."""
        for medium, *_ in self._media():
            plan = self.plans[id(medium)]
            self.context.report.decisions.append(Decision(
                plan.fidelity or Fidelity.EXACT, 'image', medium.path,
                '; '.join(plan.steps), plan.reason))

    def losses(self):
        """What the guest would notice."""
        return [item for item in self.context.report.decisions
                if item.fidelity in (Fidelity.APPROXIMATED, Fidelity.DROPPED)]

    def report(self):
        """All decisions as a text."""
        return report_text(self.machine, self.context.report)

    def write(self):
        """The folder."""
        check_free(self.folder, self.args.force)
        check_outside(self.folder, self._originals())
        plans = list(self.plans.values())
        disks.check_space(plans, self.folder.parent)
        # Texts first: they fail at once.
        texts = {RUN: script(self.context, launcher()),
                 XML: machine_xml(self.context, launcher(), self.folder,
                                   has_kvm()),
                 REPORT: self.report()}
        progress = Progress(sum(plan.work for plan in plans), self.args.quiet)
        try:
            with new_folder(self.folder) as made:
                for name, text in texts.items():
                    write_text(made / name, text, executable=name == RUN)
                for plan in plans:
                    plan.carry_out(made, progress)
        finally:
            progress.finish()


def _run(args):
    """Returns the exit status."""
    job = Import(args)
    if args.strict and job.losses():
        for decision in job.losses():
            print('\n'.join(decision_lines(decision)), file=sys.stderr)
        number = len(job.losses())
        print(f'buslogic-import: {printable(args.machine)}: --strict refuses '
              f'{number} change{"s" if number != 1 else ""}',
              file=sys.stderr)
        return STRICT
    if args.report_only:
        print(job.report(), end='')
        return 0
    job.write()
    if not args.quiet:
        print(summary(job.context.report, job.folder), end='')
    return 0


def _end(number, frame):
    """Let what is half made be removed."""
    del frame
    sys.exit(128 + number)


def main(arguments=None):
    """Returns the exit status."""
    args = parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # nohup, for one, means it
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        return _run(args)
    except ImportFailed as error:
        print(f'buslogic-import: {error}', file=sys.stderr)
        return FAILED
    except OSError as error:
        where = error.filename or args.machine
        print(f'buslogic-import: {printable(where)}: {error.strerror}',
              file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print('buslogic-import: interrupted', file=sys.stderr)
        return 128 + signal.SIGINT
