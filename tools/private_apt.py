# SPDX-License-Identifier: GPL-2.0-or-later
"""apt with package sources, indexes and a cache of our own.

The user's own package sources are the model: the entries of the distribution
are copied to a private list, for source packages, another release or another
architecture. So neither root nor a change of the system is needed, and
signatures are checked as the user's apt checks them.
"""

import glob
import os
import re
import shlex
import subprocess
import sys

# Suites by role instead of by name; they stand for the same archive.
SUITE_ROLES = ('stable', 'oldstable', 'oldoldstable', 'testing', 'unstable',
               'sid')

# Options of an entry that describe which indexes the user wants.
INDEX_OPTIONS = {'architectures', 'arch', 'languages', 'lang', 'targets',
                 'target'}

# The fields that are looked at; apt does not mind how they are capitalised.
FIELDS = {name.lower(): name
          for name in ('Types', 'URIs', 'Suites', 'Components', 'Enabled')}

# One-line option names and what deb822 calls them.
OPTION_NAMES = {'signed-by': 'Signed-By', 'trusted': 'Trusted',
                'check-valid-until': 'Check-Valid-Until',
                'valid-until-max': 'Valid-Until-Max',
                'valid-until-min': 'Valid-Until-Min',
                'allow-insecure': 'Allow-Insecure',
                'allow-weak': 'Allow-Weak',
                'by-hash': 'By-Hash', 'check-date': 'Check-Date',
                'inrelease-path': 'InRelease-Path'}


def parse_one_line(text):
    """Yield the entries of a .list file as deb822-style dictionaries."""
    for line in text.splitlines():
        match = re.match(r'\s*(deb|deb-src)\s+(?:\[([^]]*)\]\s+)?(\S+)\s+'
                         r'(\S+)\s*([^#]*)', line)
        if not match:
            continue
        kind, options, uri, suite, components = match.groups()
        entry = {'Types': kind, 'URIs': uri, 'Suites': suite,
                 'Components': components}
        for option in (options or '').split():
            name, _, value = option.partition('=')
            name = OPTION_NAMES.get(name.lower(), name)
            entry[name] = value.replace(',', ' ')
        yield entry


def parse_deb822(text):
    """Yield the enabled entries of a .sources file."""
    for stanza in re.split(r'\n[ \t]*\n', text):
        entry = {}
        field = None
        for line in stanza.splitlines():
            if line.startswith('#'):
                continue
            if line[:1] in (' ', '\t') and field:
                entry[field] += '\n' + line
            elif ':' in line:
                field, _, value = line.partition(':')
                field = FIELDS.get(field.lower(), field)
                entry[field] = value.strip()
        if 'URIs' in entry and entry.get('Enabled', 'yes').lower() != 'no':
            yield entry


def user_entries():
    """Yield every package source that the user's apt knows."""
    where = subprocess.run(
        ['apt-config', 'shell', 'list', 'Dir::Etc::sourcelist/f',
         'parts', 'Dir::Etc::sourceparts/d'],
        stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout
    where = dict(word.split('=', 1) for word in shlex.split(where))
    files = [where['list']] if 'list' in where else []
    files += sorted(glob.glob(os.path.join(where.get('parts', ''), '*')))
    for name in files:
        parse = {'.list': parse_one_line,
                 '.sources': parse_deb822}.get(os.path.splitext(name)[1])
        if parse and os.access(name, os.R_OK):
            with open(name, encoding='utf-8') as source:
                yield from parse(source.read())


def os_release():
    """The fields of /etc/os-release."""
    with open('/etc/os-release', encoding='utf-8') as release:
        pairs = (line.rstrip('\n').partition('=') for line in release)
        return {key: value.strip('"') for key, _, value in pairs}


def distribution_suites(suites, codename, wanted):
    """Which of SUITES belong to the distribution, renamed to WANTED.

    WANTED may be one of the additional suites of a release, such as
    trixie-backports. Then only that one stands for all.
    """
    result = []
    for suite in suites.split():
        base, dash, rest = re.match(r'([^-/]*)([-/]?)(.*)', suite).groups()
        if base != codename and base not in SUITE_ROLES:
            continue
        if wanted and '-' in wanted and dash:
            continue
        result.append((wanted or base) + dash + rest)
    return result


def distribution_entries(kind, wanted=None):
    """Stanzas for the distribution's own package sources.

    KIND is deb or deb-src, WANTED another suite than that of the user.
    """
    codename = os_release().get('VERSION_CODENAME', '')
    stanzas = []
    for entry in user_entries():
        suites = distribution_suites(entry['Suites'], codename, wanted)
        uris = [uri for uri in entry['URIs'].split()
                if not uri.startswith('cdrom:')]
        components = entry.get('Components', '').split()
        if not suites or not uris or 'main' not in components:
            continue
        entry = {name: value for name, value in entry.items()
                 if name.lower() not in INDEX_OPTIONS}
        entry.update({'Types': kind, 'URIs': ' '.join(uris),
                      'Suites': ' '.join(suites)})
        stanza = ''.join(f'{name}: {value}\n' for name, value in entry.items())
        if stanza not in stanzas:
            stanzas.append(stanza)
    return stanzas


class Apt:
    """apt in a folder, with STANZAS as its package sources.

    It knows no installed packages when it is for another ARCHITECTURE than
    the machine's.
    """

    def __init__(self, root, stanzas, architecture=None):
        self.root = str(root)
        self.log = f'{self.root}.log'
        self.download = os.path.join(self.root, 'download')
        for name in ('lists/partial', 'cache/archives/partial', 'download'):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        sources = self._write('private.sources', '\n'.join(stanzas))
        self.options = [
            f'Dir::Etc::sourcelist={sources}', 'Dir::Etc::sourceparts=-',
            f'Dir::State::lists={self.root}/lists',
            f'Dir::Cache={self.root}/cache',
            # The download user of apt need not see the build directory.
            f'APT::Sandbox::User={"root" if os.getuid() == 0 else ""}']
        if architecture:
            self.options += [
                f'Dir::State::status={self._write("status", "")}',
                f'APT::Architecture={architecture}',
                f'APT::Architectures={architecture}']

    def _write(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, 'w', encoding='utf-8') as out:
            out.write(text)
        return path

    def _command(self, program, options=()):
        command = [program, '-q']
        for option in self.options + list(options):
            command += ['-o', option]
        return command

    def run(self, what, *arguments):
        """Run apt-get; return whether it worked and what it said.

        WHAT and the progress apt-get reports are shown meanwhile. What it
        downloads is put into the folder `download`.
        """
        report, status = os.pipe()
        command = self._command('apt-get', [f'APT::Status-Fd={status}'])
        with open(self.log, 'a+', encoding='utf-8') as log:
            start = log.tell()
            with subprocess.Popen(
                    command + list(arguments), pass_fds=[status],
                    cwd=self.download,
                    stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT,
                    env=dict(os.environ, LC_ALL='C')) as process:
                os.close(status)
                show_progress(what, report)
            log.seek(start)
            return process.returncode == 0, log.read()

    def depends(self, package):
        """What the candidate of a package needs; nothing if there is none."""
        shown = subprocess.run(
            self._command('apt-cache') + ['depends', package],
            encoding='utf-8', stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=False,
            env=dict(os.environ, LC_ALL='C')).stdout
        return re.findall(r'^ *\|?Depends: ([^<\s]\S*)$', shown, re.M)


def unreachable(output):
    """Whether apt-get could not reach an archive, by what it said."""
    return re.search(r'^(Err:|W: Failed to fetch|E: )', output, re.M)


def show_progress(what, report):
    """Show how far apt-get is, from what it writes to its status pipe."""
    terminal = sys.stdout.isatty()
    print(f'  {what}', end='' if terminal else '\n', flush=True)
    with open(report, encoding='utf-8') as lines:
        for line in lines:
            field = line.split(':')
            if terminal and field[0] == 'dlstatus':
                print(f'\r  {what} {float(field[2]):3.0f}%', end='', flush=True)
    if terminal:
        print(flush=True)
