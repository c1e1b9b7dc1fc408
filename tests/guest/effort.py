# SPDX-License-Identifier: GPL-2.0-or-later
"""How often a test does what may go wrong only now and then."""

import os


def often(quick, thorough):
    """`thorough` times for "make check-full", `quick` for "make check"."""
    return thorough if os.environ.get('BUSLOGIC_THOROUGH') else quick
