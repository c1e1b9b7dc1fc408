# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that belong to an OVF: beside it, or members of an OVA."""

import hashlib
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from buslogic_import.errors import ImportFailed
from buslogic_import.progress import Progress

MAX_MEMBERS = 1000
MAX_DESCRIPTION = 64 << 20      # bytes, also of manifests
CHUNK = 1 << 20
DIGESTS = {'SHA1': 'sha1', 'SHA256': 'sha256', 'SHA512': 'sha512'}
MANIFEST_LINE = re.compile(r'(\w+) ?\((.+)\) ?= ?([0-9a-fA-F]+)')


@dataclass(frozen=True)
class Member:
    """Where the bytes of a file are.  A size of None: to the end."""

    path: Path
    offset: int = 0
    size: int | None = None

    def length(self):
        """How many bytes it has."""
        return (self.path.stat().st_size - self.offset if self.size is None
                else self.size)

    def chunks(self):
        """Its bytes, in pieces."""
        with open(self.path, 'rb') as file:
            file.seek(self.offset)
            left = self.size
            while data := file.read(CHUNK if left is None else
                                    min(CHUNK, left)):
                yield data
                left = None if left is None else left - len(data)
        if left:
            raise ImportFailed(self.path, 'is truncated')

    def content(self):
        """All bytes of a description, which must be small."""
        data = bytearray()
        for chunk in self.chunks():
            data += chunk
            if len(data) > MAX_DESCRIPTION:
                raise ImportFailed(self.path, 'is a description of more than '
                                   f'{MAX_DESCRIPTION >> 20} MiB')
        return bytes(data)


class Package:
    """What OVF and OVA have in common."""

    def __init__(self, path):
        self.path = path

    def member(self, name):
        """The file of that name, or None."""
        raise NotImplementedError

    def description(self):
        """(name, bytes) of the .ovf."""
        raise NotImplementedError

    def names(self):
        """Of all files that are part of it for sure, sorted."""
        return []

    def located(self, node):
        """The file that a <File> names; the name must not lead elsewhere."""
        name = node.get('href')
        if not name or '\0' in name or name.startswith(('/', '\\')) or (
                re.match(r'\w+:', name) or '..' in re.split(r'[/\\]', name)):
            raise node.wrong('href', 'does not name a file of this package')
        member = self.member(name)
        if not member:
            raise node.wrong('href', f'is not in {self.where()}')
        return member

    def where(self):
        """For messages: where files are looked for."""
        raise NotImplementedError

    def check_manifest(self, name, quiet):
        """Compare the checksums that NAME.mf has.

        Returns the names that it has one of; None if there is no manifest.
        """
        manifest = self.member(f'{name.rpartition(".")[0]}.mf')
        if not manifest:
            return None
        text = manifest.content().decode('utf-8', 'replace')
        checks = [self._parsed(line.strip()) for line in text.splitlines()
                  if line.strip()]
        progress = Progress(sum(member.length() for _, _, member, _ in checks),
                            quiet)
        try:
            for check in checks:
                self._check(*check, progress)
        finally:
            progress.finish()
        return {name.removeprefix('./') for name, *_ in checks}

    def _parsed(self, line):
        """(name, algorithm, Member, digest) of a line."""
        found = MANIFEST_LINE.fullmatch(line)
        if not found or found[1].upper() not in DIGESTS:
            raise ImportFailed(self.path, 'the manifest has a line that is no '
                               f'checksum: {line[:80]}')
        member = None if '\0' in found[2] else self.member(found[2])
        if not member:
            raise ImportFailed(self.path, f'{found[2]} of the manifest is not '
                               f'in {self.where()}')
        return found[2], DIGESTS[found[1].upper()], member, found[3].lower()

    def _check(self, name, algorithm, member, wanted, progress):
        digest = hashlib.new(algorithm)
        for chunk in member.chunks():
            digest.update(chunk)
            progress.advance(len(chunk))
        if digest.hexdigest() != wanted:
            raise ImportFailed(self.path, f'{name} has another checksum '
                               'than in the manifest: it is damaged or was '
                               'changed')


class Folder(Package):
    """An .ovf and what is beside it."""

    def member(self, name):
        path = self.path.parent / name
        beside = os.path.realpath(self.path.parent)
        if os.path.commonpath([beside, os.path.realpath(path)]) != beside:
            raise ImportFailed(self.path, f'{name} is outside of its folder')
        return Member(path) if path.is_file() else None

    def description(self):
        return self.path.name, Member(self.path).content()

    def where(self):
        return f'{self.path.parent}'


class Archive(Package):
    """An .ova: a tar file, which need not be unpacked."""

    def __init__(self, path):
        super().__init__(path)
        self._members = {}
        try:
            with tarfile.open(path, 'r:') as archive:
                for member in archive:
                    self._add(member)
        except (tarfile.TarError, ValueError, OverflowError,
                RecursionError) as error:
            raise ImportFailed(path, f'is no tar file: {error}') from None
        size = path.stat().st_size
        for name, member in self._members.items():
            if member.offset + member.size > size:
                raise ImportFailed(path, f'{name} is truncated')

    def _add(self, member):
        name = member.name.removeprefix('./')
        if member.isdir() and name in ('', '.'):
            return
        if not member.isreg() or member.issparse():
            raise ImportFailed(self.path, f'{name} is no ordinary file')
        if not name or '/' in name or name in ('.', '..') or '\0' in name:
            raise ImportFailed(self.path, f'{name} is no plain name')
        if name in self._members:
            raise ImportFailed(self.path, f'{name} is there twice')
        if len(self._members) >= MAX_MEMBERS:
            raise ImportFailed(self.path, 'has too many files')
        self._members[name] = Member(self.path, member.offset_data,
                                     member.size)

    def member(self, name):
        return self._members.get(name.removeprefix('./'))

    def description(self):
        names = [name for name in self._members if
                 name.lower().endswith('.ovf')]
        if len(names) != 1:
            raise ImportFailed(self.path, f'has {len(names)} .ovf files '
                               'instead of one')
        return names[0], self._members[names[0]].content()

    def names(self):
        return sorted(self._members)

    def where(self):
        return 'the archive'
