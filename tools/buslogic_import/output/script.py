# SPDX-License-Identifier: GPL-2.0-or-later
"""The shell script that starts the machine."""

import re
import shlex

from buslogic_import.errors import printable
from buslogic_import.mapping.firmware import VARIABLES as UEFI_VARIABLES
from buslogic_import.version import version

START = r'''#!/bin/sh
#
# Starts the virtual machine @NAME@
# Made by buslogic-import @VERSION@ from @PATH@
# report.txt says what has become of its settings.
#
# Usage: run [--print] [QEMU OPTION]...
#
# --print prints the command instead of running it. Relative paths in options
# are relative to this folder. From the environment:
#
# QEMU    a QEMU with the BusLogic adapter
# ACCEL   kvm or tcg; without it, kvm where it can be used
# SCREEN  where the screen is shown, as QEMU's -display has it
# AUDIO   what sound is played with, as QEMU's -audiodev has it

# shellcheck disable=SC2016 # names are meant as they are

set -eu

die()
{
    echo "run: $*" >&2
    exit 1
}

# Not in the environment any more, as it means something else to qemu-buslogic
qemu=${QEMU:-}
unset QEMU
case $qemu in
'') qemu=$(command -v qemu-buslogic) || qemu=@LAUNCHER@ ;;
/*) ;;
*/*) qemu=$PWD/$qemu ;;
esac
command -v "$qemu" >/dev/null || die "$qemu is not there: set QEMU to a QEMU" \
    "that has the BusLogic adapter"

self=$(readlink -f -- "$0")
cd -- "${self%/*}"

print=
if [ "${1:-}" = --print ]; then
    print=yes
    shift
fi

if [ -z "${ACCEL:-}" ]; then
    ACCEL=tcg
    ! (: <>/dev/kvm) 2>/dev/null || ACCEL=kvm
fi

# Without a desktop, the screen is on VNC for this host only.
case " $* " in
*' -display '*|*' -nographic '*|*' -vnc '*) SCREEN= ;;
*) [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || \
    : "${SCREEN:=vnc=127.0.0.1:0,to=99}" ;;
esac

# Options given to this script come last, so that they count.
given=$#

# Nothing but what is named here
set -- "$@" -nodefaults
set -- "$@" -no-user-config
set -- "$@" -accel "$ACCEL"
[ -z "${SCREEN:-}" ] || set -- "$@" -display "$SCREEN"

# The monitor: socat - unix:monitor.socket
set -- "$@" -chardev socket,id=monitor,path=monitor.socket,server=on,wait=off
set -- "$@" -mon chardev=monitor
'''

SOUND = '''
# What the host plays sound with
if [ -z "${AUDIO:-}" ]; then
    AUDIO=none
    [ ! -S "${XDG_RUNTIME_DIR:-}/pulse/native" ] || AUDIO=pa
fi
set -- "$@" -audiodev "$AUDIO,id=@ID@"
'''

CLOCK = '''
# The guest's clock is @OFFSET@ seconds ahead of the host's.
clock=$(date @UTC@-d "@OFFSET@ seconds" +%Y-%m-%dT%H:%M:%S)
'''

VARIABLES = '''
# UEFI keeps its settings in a file of the machine.
[ -n "$print" ] || [ -e @FILE@ ] || cp @TEMPLATE@ @FILE@ || \\
    die "install Debian's packages ovmf and ovmf-ia32"
'''

END = r'''
while [ "$given" -gt 0 ]; do
    option=$1
    shift
    set -- "$@" "$option"
    given=$((given - 1))
done

[ -n "$print" ] || exec "$qemu" "$@"

# One option a line, quoted where a shell needs it
quoted()
{
    case $1 in
    ''|*[!A-Za-z0-9_./,:=@%+-]*)
        printf '%s\n' "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/" ;;
    *)
        printf '%s\n' "$1" ;;
    esac
}

printf 'cd %s &&\n%s' "$(quoted "$PWD")" "$(quoted "$qemu")"
for word; do
    case $word in
    -*) printf ' \\\n    %s' "$(quoted "$word")" ;;
    *) printf ' %s' "$(quoted "$word")" ;;
    esac
done
echo
'''


def script(context, launcher):
    """Its text.  `launcher` is where a QEMU with the adapter is."""
    machine, options = context.machine, context.options
    parts = [_filled(START, NAME=printable(machine.name), VERSION=version(),
                     PATH=printable(machine.path),
                     LAUNCHER=shlex.quote(str(launcher)))]
    if options.firmware:
        parts.append(_filled(VARIABLES, TEMPLATE=options.firmware[1],
                             FILE=UEFI_VARIABLES))
    if options.clock_offset:
        parts.append(_filled(CLOCK, OFFSET=options.clock_offset,
                             UTC='-u ' if machine.clock.utc else ''))
    parts += [_option(option, options) for option in options.items]
    if options.sound:
        parts.append(_filled(SOUND, ID=options.sound))
    return ''.join([*parts, END])


def _option(option, options):
    """One option on one line, with its comment before it."""
    comment = f'\n# {printable(option.comment)}\n' if option.comment else ''
    value = shlex.quote(option.value)
    if option.name == 'rtc' and options.clock_offset:
        value = '"base=$clock"'
    return f'{comment}set -- "$@" -{option.name} {value}\n'


def _filled(template, **words):
    """A template with its @WORDS@; in one pass, as words may have an @."""
    return re.sub('@([A-Z]+)@', lambda match: str(words[match[1]]), template)
