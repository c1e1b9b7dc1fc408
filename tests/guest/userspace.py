# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs for the guests, with the libraries they need."""

import re
import subprocess

from guest import debian
from guest.paths import call, tool


class HostPrograms:
    """What is installed on the machine that runs the tests."""

    @staticmethod
    def program(name, package):
        """Path of a program."""
        return tool(name, package)

    @staticmethod
    def libraries(program):
        """{path in the guest: path here} of the libraries of a program."""
        listed = subprocess.run(['ldd', program], check=True, text=True,
                                stdout=subprocess.PIPE).stdout
        return {path: path for path in re.findall(r'(/\S+) \(0x', listed)}


class UnpackedPrograms:
    """What a release of Debian has for another architecture."""

    LIBRARIES = r'lib(c6|sgutils2.*)$'

    def __init__(self, suite, architecture):
        self.origin = suite, architecture

    def program(self, name, package):
        """Path of a program; its package is downloaded when missing."""
        tree = debian.unpacked(debian.Package(package, *self.origin,
                                              follow=self.LIBRARIES))
        return next(tree.glob(f'**/bin/{name}'))

    @staticmethod
    def libraries(program):
        """{path in the guest: path here}: /lib is where all are found.

        Nothing of another architecture can be run here, so ldd is no help.
        """
        tree = next(folder for folder in program.parents
                    if folder.name == 'usr').parent
        found, todo = {}, [program]
        while todo:
            headers = call(tool('objdump', 'binutils'), '-p', todo.pop())
            for name in re.findall(r'^ +NEEDED +(\S+)$', headers, re.M):
                if f'/lib/{name}' not in found:
                    path = next(tree.glob(f'**/{name}'))
                    found[f'/lib/{name}'] = path
                    todo.append(path)
        return found


def programs_for(kernel):
    """The programs that run under a kernel."""
    package = kernel.package
    if package.architecture == 'amd64':
        return HostPrograms()
    return UnpackedPrograms(package.suite, package.architecture)
