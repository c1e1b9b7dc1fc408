# SPDX-License-Identifier: GPL-2.0-or-later
"""The folder of an imported machine: run, machine.xml, report.txt."""
