# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian archive of one tiny source package, in a directory."""

import hashlib
import os
import subprocess

CONTROL = '''Source: qemu
Section: misc
Priority: optional
Maintainer: Nobody <nobody@localhost>
Standards-Version: 4.6.0

Package: qemu-system-x86
Architecture: any
Description: emulator that was not built
'''

CHANGELOG = '''qemu (1:{version}-1) {codename}; urgency=low

  * Packaged.

 -- Nobody <nobody@localhost>  Thu, 01 Jan 2026 00:00:00 +0000
'''

PATCH = '''--- a/VERSION
+++ b/VERSION
@@ -1 +1 @@
-{version}
+{version}-patched
'''


def codename():
    with open('/etc/os-release', encoding='utf-8') as release:
        for line in release:
            if line.startswith('VERSION_CODENAME='):
                return line.split('=')[1].strip().strip('"')
    raise AssertionError('/etc/os-release has no VERSION_CODENAME')


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')


def _run(*command, cwd):
    return subprocess.run(command, cwd=cwd, encoding='utf-8', check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def build(folder, version='7.2', suite=None):
    """Make an archive below FOLDER; return what sources.list calls it."""
    suite = suite or codename()
    archive = folder / 'archive'
    tree = archive / 'pool' / f'qemu-{version}'
    _write(tree / 'VERSION', f'{version}\n')
    _run('tar', 'cf', f'../qemu_{version}.orig.tar.gz', '--gzip', '-C', '..',
         tree.name, cwd=tree)
    _write(tree / 'debian/control', CONTROL)
    _write(tree / 'debian/changelog',
           CHANGELOG.format(version=version, codename=suite))
    _write(tree / 'debian/source/format', '3.0 (quilt)\n')
    _write(tree / 'debian/patches/series', 'version.patch\n')
    _write(tree / 'debian/patches/version.patch',
           PATCH.format(version=version))
    _run('dpkg-source', '--before-build', tree.name, cwd=tree.parent)
    _run('dpkg-source', '-b', tree.name, cwd=tree.parent)
    _run('rm', '-r', tree.name, cwd=tree.parent)

    sources = _run('dpkg-scansources', 'pool', cwd=archive)
    index = archive / 'dists' / suite / 'main/source/Sources'
    _write(index, sources)
    digest = hashlib.sha256(index.read_bytes()).hexdigest()
    _write(archive / 'dists' / suite / 'Release',
           f'Origin: Debian\nSuite: {suite}\nCodename: {suite}\n'
           f'Components: main\nArchitectures: source {os.uname().machine}\n'
           f'SHA256:\n {digest} {index.stat().st_size} main/source/Sources\n')
    return f'file:{archive}'
