# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's own program for disk images."""

import json
import os
import re
import shutil
import subprocess

from buslogic_import.errors import ImportFailed

PROGRAM, PACKAGE = 'qemu-img', 'qemu-utils'
# What looking at an image may cost; a hostile one could cost anything.
LIMITS = ['prlimit', '--cpu=60', f'--as={4 << 30}', '--']
# What takes long ends with us, even if we are killed while it is started.
TIED = ['setpriv', '--pdeathsig', 'KILL', '--']
TIMEOUT = 120                   # seconds
PERCENT = re.compile(rb'\((\d+(?:\.\d+)?)/100%\)')
# How it begins its own complaints
PREFIX = re.compile(r"^qemu-img: (Could not open '.*?': )?")


def file_name(node):
    """An image for the command line, as -blockdev has it."""
    return 'json:' + json.dumps(node, separators=(',', ':'))


def _program():
    if not shutil.which(PROGRAM):
        raise ImportFailed(PROGRAM, f'is missing: apt-get install {PACKAGE}')
    return PROGRAM


def _problem(text):
    """The last complaint, on one line."""
    lines = [line for line in text.splitlines() if line.strip()]
    return PREFIX.sub('', lines[-1]) if lines else 'qemu-img gave up'


def query(path, command, *arguments):
    """What it says of an image, from JSON; `path` is for messages."""
    try:
        done = subprocess.run(
            [*LIMITS, _program(), command, '--output=json', *arguments],
            capture_output=True, text=True, timeout=TIMEOUT, check=False,
            errors='replace')
    except subprocess.TimeoutExpired:
        raise ImportFailed(path, 'takes too long to look at') from None
    if done.returncode:
        raise ImportFailed(path, _problem(done.stderr))
    return json.loads(done.stdout)


def info(path, node):
    """Format, size and so on of an image."""
    # Locks of a running machine are its own business; it is only looked at.
    return query(path, 'info', '--force-share', file_name(node))


def space_for_copy(path, node):
    """How many bytes a qcow2 copy takes at most."""
    return query(path, 'measure', '-O', 'qcow2', file_name(node))['required']


def create_overlay(image, node, size):
    """A qcow2 image that has nothing yet but what the other one has."""
    _run(image, ['create', '-q', '-f', 'qcow2', '-o', 'lazy_refcounts=off',
                 '-b', file_name(node), '-F', node['driver'], str(image),
                 str(size)])


def convert(image, node, size, advance):
    """A qcow2 copy; `advance` is called with bytes that are done."""
    _run(image, ['convert', '-p', '-O', 'qcow2', '-U', file_name(node),
                 str(image)], lambda part: advance(int(part * size)))


def _run(image, arguments, follow=None):
    """Run to the end; ended too when we are."""
    with subprocess.Popen([*TIED, _program(), *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        try:
            _follow(process.stdout, follow)
            complaint = process.stderr.read().decode(errors='replace')
            status = process.wait()
        except BaseException:
            process.kill()
            raise
    if status:
        raise ImportFailed(image, _problem(complaint))


def _follow(output, follow):
    """Tell how much has been done since the last time."""
    told = 0.0
    while data := os.read(output.fileno(), 4096):
        found = PERCENT.findall(data)
        if found and follow:
            part = float(found[-1]) / 100
            follow(max(part - told, 0))
            told = max(part, told)
