# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with OVMF."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from boottest import Machine
from guest.paths import Missing

_OVMF = Path('/usr/share/OVMF')


@dataclass(frozen=True)
class Ovmf:
    """One of Debian's builds."""

    code: str
    variables: str
    package: str = 'ovmf'
    secure: bool = False


X64 = Ovmf('OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd')
SECURE = Ovmf('OVMF_CODE_4M.secboot.fd', 'OVMF_VARS_4M.ms.fd', secure=True)
IA32 = Ovmf('OVMF32_CODE_4M.secboot.fd', 'OVMF32_VARS_4M.fd', 'ovmf-ia32')


class UefiMachine(Machine):
    """A machine with one of the builds of OVMF."""

    TIMEOUT = 180

    def __init__(self, folder, machine='q35', ovmf=X64, **options):
        code = _OVMF / ovmf.code
        if not code.exists():
            raise Missing(f'{code} is missing: apt-get install {ovmf.package}')
        variables = shutil.copy(_OVMF / ovmf.variables, folder / 'vars.fd')
        flash = ['-drive', f'if=pflash,format=raw,readonly=on,file={code}',
                 '-drive', f'if=pflash,format=raw,file={variables}']
        if 'secboot' in ovmf.code:
            # That build keeps its variables from everything but SMM.
            machine += ',smm=on'
            flash += ['-global', 'driver=cfi.pflash01,property=secure,value=on']
        super().__init__(folder, machine, memory=256, args=flash, **options)
