# SPDX-License-Identifier: GPL-2.0-or-later
"""An import that is interrupted leaves nothing, and ends what it started."""

import os
import shutil
import signal
import subprocess
import time

from test_cli_command import COMMAND, CommandTest
from guest.paths import tool

# Instead of qemu-img: says its process when it is to convert, and hangs.
HANGING = '''#!/bin/sh
case $1 in
convert) echo $$ >"$0.started"; exec sleep 600 ;;
*) exec {program} "$@" ;;
esac
'''
PATIENCE = 180                  # seconds


class Interrupted(CommandTest):
    """A conversion that would take long"""

    def start(self, signals='--default-signal=INT,HUP'):
        """One that converts; as in a terminal, wherever the tests run."""
        programs = self.place.parent / 'bin'
        shutil.rmtree(programs, ignore_errors=True)
        programs.mkdir()
        program = programs / 'qemu-img'
        program.write_text(HANGING.format(
            program=tool('qemu-img', 'qemu-utils')), encoding='ascii')
        program.chmod(0o755)
        path = os.pathsep.join([str(programs), os.environ['PATH']])
        job = subprocess.Popen(
            [tool('env', 'coreutils'), signals, COMMAND, '--convert',
             self.machine()], cwd=self.place, stderr=subprocess.PIPE,
            env={**os.environ, 'PATH': path})
        self.addCleanup(job.stderr.close)
        self.addCleanup(job.kill)
        started = programs / 'qemu-img.started'
        self.wait_for(lambda: started.exists() and started.read_text())
        self.assertNotEqual(list(self.place.iterdir()), [])
        self.converter = int(started.read_text())
        return job

    def interrupt(self, number):
        """Starts it, sends the signal; returns exit status and errors."""
        job = self.start()
        job.send_signal(number)
        return job.wait(PATIENCE), job.stderr.read()

    def test_nothing_goes_on_when_it_is_killed(self):
        self.interrupt(signal.SIGKILL)
        self.wait_for(lambda: not self.is_converting())

    def wait_for(self, condition):
        """Until it holds, for a long time."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_nothing_is_left(self):
        for number, said in [(signal.SIGINT, b'interrupted\n'),
                             (signal.SIGTERM, b''), (signal.SIGHUP, b'')]:
            with self.subTest(number):
                status, errors = self.interrupt(number)
                self.assertEqual(status, 128 + number)
                self.assertTrue(errors.endswith(said), errors)
                self.assertNotIn(b'Traceback', errors)
                self.assertEqual(list(self.place.iterdir()), [])
                self.wait_for(lambda: not self.is_converting())

    def test_nohup_is_respected(self):
        job = self.start('--ignore-signal=HUP')
        job.send_signal(signal.SIGHUP)
        with self.assertRaises(subprocess.TimeoutExpired):
            job.wait(1)
        job.terminate()
        self.assertEqual(job.wait(PATIENCE), 128 + signal.SIGTERM)

    def is_converting(self):
        """Whether what hangs is still there."""
        try:
            os.kill(self.converter, 0)
        except ProcessLookupError:
            return False
        return True
