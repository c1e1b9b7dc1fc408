# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's SeaBIOS and OVMF."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from guest.paths import Missing

_FOLDER = Path('/usr/share/OVMF')


@dataclass(frozen=True)
class Ovmf:
    """One of the builds of OVMF, and the package it is in."""

    code: str
    variables: str
    package: str = 'ovmf'

    def options(self, machine, folder):
        """QEMU's options; the folder gets the variables of the machine."""
        code = _FOLDER / self.code
        if not code.exists():
            raise Missing(f'{code} is missing: apt-get install {self.package}')
        variables = shutil.copy(_FOLDER / self.variables, folder / 'vars.fd')
        flash = ['-drive', f'if=pflash,format=raw,readonly=on,file={code}',
                 '-drive', f'if=pflash,format=raw,file={variables}']
        if 'secboot' not in self.code:
            return ['-M', machine, *flash]
        # That build keeps its variables from everything but SMM.
        return ['-M', f'{machine},smm=on', *flash, '-global',
                'driver=cfi.pflash01,property=secure,value=on']


X64 = Ovmf('OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd')
X64_SECURE = Ovmf('OVMF_CODE_4M.secboot.fd', 'OVMF_VARS_4M.ms.fd')
IA32 = Ovmf('OVMF32_CODE_4M.secboot.fd', 'OVMF32_VARS_4M.fd', 'ovmf-ia32')
