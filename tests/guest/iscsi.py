# SPDX-License-Identifier: GPL-2.0-or-later
"""An iSCSI target on the loopback interface, with a tgtd of its own."""

import os
import socket
import subprocess
import time

from guest.paths import tool

NAME = 'iqn.2024-01.org.example:buslogic'


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Target:
    """tgtd serving image files as LUN 1, 2, ... of one target."""

    # tgtd names its sockets by this; the default may be a system's tgtd.
    CONTROL = str(os.getpid())

    def __init__(self, folder, images):
        self.port = _free_port()
        self._images = images
        self._log_path = folder / 'tgtd.log'
        self._environment = {**os.environ,
                             'TGT_IPC_SOCKET': str(folder / 'tgtd')}
        self.start()

    def start(self):
        """Start the daemon; also again, at the same address."""
        self._log = open(self._log_path, 'a+', encoding='utf-8')
        self._daemon = subprocess.Popen(
            [tool('tgtd', 'tgt'), '-f', '-C', self.CONTROL,
             '--iscsi', f'portal=127.0.0.1:{self.port}'],
            stdout=self._log, stderr=self._log, env=self._environment)
        try:
            self._serve(self._images)
        except Exception:
            self.stop()
            raise

    @property
    def portal(self):
        """Host and port."""
        return f'127.0.0.1:{self.port}'

    def url(self, lun):
        """For QEMU's file= option."""
        return f'iscsi://{self.portal}/{NAME}/{lun}'

    def stop(self):
        """End the daemon."""
        self._daemon.kill()
        self._daemon.wait()
        self._log.close()

    def _serve(self, images):
        self._wait_until_up()
        target = ('--mode', 'target', '--tid', '1')
        self._admin(*target, '--op', 'new', '-T', NAME)
        for lun, image in enumerate(images, start=1):
            self._admin('--mode', 'logicalunit', '--op', 'new', '--tid', '1',
                        '--lun', str(lun), '-b', str(image))
        self._admin(*target, '--op', 'bind', '-I', '127.0.0.1')

    def _wait_until_up(self):
        for _ in range(100):
            if self._tgtadm('--mode', 'sys', '--op', 'show').returncode == 0:
                return
            time.sleep(0.1)
        self._log.seek(0)
        raise RuntimeError(f'tgtd does not answer: {self._log.read()}')

    def _admin(self, *words):
        done = self._tgtadm(*words)
        if done.returncode:
            raise RuntimeError(f'tgtadm {words}: {done.stdout}')

    def _tgtadm(self, *words):
        return subprocess.run(
            [tool('tgtadm', 'tgt'), '-C', self.CONTROL, '--lld', 'iscsi',
             *words],
            env=self._environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
