# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in drives, and what may be done to it."""

from buslogic_import.model import DeviceKind, MediumType


def described(medium):
    """All that the source says of an image but its type."""
    words = [medium.format, medium.uuid]
    if medium.offset or medium.size is not None:
        size = '' if medium.size is None else f'{medium.size} bytes '
        words.append(f'{size}at {medium.offset} of the archive')
    if medium.compressed:
        words.append('compressed')
    text = ', '.join(word for word in words if word)
    chain = f', difference to {described(medium.parent)}' if (
        medium.parent) else ''
    kind = '' if medium.type is MediumType.NORMAL else f' {medium.type.value}'
    return f'{medium.path}{kind}' + (f' ({text})' if text else '') + chain


def type_options(title, medium, kind, driver, report):
    """Of -drive: what a medium's type says about writes."""
    name, setting = medium.type.value, f'{title}: medium type'
    if medium.type is MediumType.NORMAL:
        return {}
    if kind is DeviceKind.CDROM:
        report.equivalent(setting, name, 'readonly=on', 'as all CDs')
        return {}
    if medium.type is MediumType.IMMUTABLE:
        report.exact(setting, name, 'snapshot=on')
        return {'snapshot': True}
    if medium.type is MediumType.READONLY and driver == 'ide-hd':
        report.approximated(setting, name, 'snapshot=on', 'IDE disks can be '
                            'written to; it is forgotten at the end')
        return {'snapshot': True}
    if medium.type is MediumType.READONLY:
        report.exact(setting, name, 'readonly=on')
        return {'readonly': True}
    if medium.type is MediumType.SHAREABLE:
        report.equivalent(setting, name, 'share-rw=on',
                          'the image must be raw to be shared')
        return {}
    report.equivalent(setting, name, 'nothing',
                      'it matters for snapshots only')
    return {}
