# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings without a place in the model."""


def map_others(context):
    """Each is in the report, with what the reader knows of it."""
    for other in context.machine.others:
        if other.harmless:
            context.report.equivalent(
                other.setting, other.value, 'nothing',
                other.reason or 'the guest does not see it')
        else:
            context.report.dropped(
                other.setting, other.value,
                other.reason or 'buslogic-import does not know it')
    if context.is_virtualbox:
        context.report.equivalent(
            'VMMDev', 'always there', 'nothing', "only VirtualBox's Guest "
            'Additions use it, which do not run any more')
