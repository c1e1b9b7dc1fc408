# SPDX-License-Identifier: GPL-2.0-or-later
"""What VirtualBox's settings have switched off."""

from buslogic_import.model import Other

MAX_LENGTH = 200                # characters of the settings of a device


def report_disabled(machine, name, node):
    """Name a device that the guest does not have, with all its settings."""
    machine.others.append(Other(
        name, _settings(node)[:MAX_LENGTH],
        'it is switched off: the guest does not see it', True))
    node.use_all()


def _settings(node):
    """Attributes, and elements within it in parentheses."""
    return ' '.join([f'{name}="{value}"' for name, value
                     in node.attributes.items()] +
                    [f'{child.name}({_settings(child)})'
                     for child in node.children])
