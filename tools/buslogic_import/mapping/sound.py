# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound cards."""

# By what the sources call them: driver, decision, reason
CARDS = {
    'AC97': ('AC97', 'equivalent', 'the same chip'),
    'HDA': ('intel-hda', 'equivalent',
            'the same controller, with a codec of QEMU'),
    'SB16': ('sb16', 'equivalent', 'the same card'),
    'es1371': ('ES1370', 'approximated',
               "QEMU has its predecessor: another PCI ID, another driver"),
    'hdaudio': ('intel-hda', 'equivalent',
                'the same controller, with a codec of QEMU'),
}
BACKEND = 'sound'
BUILT_IN_SLOT = {'sb16'}        # not on the PCI bus


def map_sound(context):
    """The card; what the host plays it with is up to the script."""
    audio = context.machine.audio
    if not audio:
        return
    kind = context.choices.model(audio.controller)
    known = {name.lower(): name for name in CARDS}
    if kind.lower() not in known:
        context.report.dropped('sound card', audio.controller,
                               'QEMU has none of that kind; --replace '
                               f'{audio.controller}=AC97 gives another')
        return
    _map_card(context, known[kind.lower()], kind != audio.controller)
    _report_rest(context)


def _map_card(context, kind, replaced):
    driver, fidelity, why = CARDS[kind]
    context.options.remark('Sound')
    context.options.sound = BACKEND
    properties = {}
    if driver not in BUILT_IN_SLOT:
        slot, same = context.slots.take('audio')
        properties['addr'] = f'{slot:#x}'
        context.report_slot('sound card', same, None, slot)
    if driver == 'intel-hda':
        option = context.options.device(driver, {'id': 'hda', **properties})
        context.options.device('hda-duplex', {'bus': 'hda.0',
                                              'audiodev': BACKEND})
    else:
        option = context.options.device(driver, {'audiodev': BACKEND,
                                                 **properties})
    if replaced:
        fidelity, why = 'approximated', 'replaced as you said'
    getattr(context.report, fidelity)(
        'sound card', context.machine.audio.controller, option, why)


def _report_rest(context):
    audio, report = context.machine.audio, context.report
    if audio.codec:
        usual = 'the codec is part of the card'
        report.equivalent('codec', audio.codec, "QEMU's", usual)
    if audio.driver:
        report.equivalent("the host's sound system", audio.driver,
                          'AUDIO of the script', 'the guest does not see it')
    for setting, wanted, usual in [('playing', audio.output, True),
                                   ('recording', audio.input, False)]:
        if wanted != usual:
            report.equivalent(f'sound: {setting}', 'on' if wanted else 'off',
                              'up to the host', 'the card has both')
