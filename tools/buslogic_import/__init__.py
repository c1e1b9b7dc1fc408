# SPDX-License-Identifier: GPL-2.0-or-later
"""From a VirtualBox or VMware machine to a QEMU command line.

readers/   .vbox, .ovf, .ova and .vmx to a Machine (model.py)
mapping/   a Machine to QEMU's options, each choice a Decision (report.py)
disks/     what is in disk images, chains of them, and copies
output/    the folder: run, machine.xml, report.txt
cli.py     the command
"""
