# SPDX-License-Identifier: GPL-2.0-or-later
"""Serial and parallel ports."""

from buslogic_import.errors import ImportFailed
from buslogic_import.mapping.options import InFolder, Value

UART = '16550A'


def map_ports(context):
    """All of them."""
    for port in context.machine.serials:
        _map_serial(context, port)
    for port in context.machine.parallels:
        _map_parallel(context, port)


def _map_serial(context, port):
    title, name = f'serial port {port.slot + 1}', f'serial{port.slot}'
    context.options.remark(f'Serial port {port.slot + 1}')
    words = _serial_backend(context, title, port)
    context.options.add('chardev', words.pop('backend'), {'id': name, **words})
    option = context.options.device('isa-serial', {
        'index': port.slot, 'iobase': f'{port.iobase:#x}', 'irq': port.irq,
        'chardev': name})
    context.report.exact(title, f'{port.iobase:#x}, IRQ {port.irq}', option)
    if port.uart != UART:
        context.report.approximated(f'{title}: UART', port.uart, UART,
                                    'QEMU has that one')


def _serial_backend(context, title, port):
    """Words of -chardev; reports them."""
    methods = {'Disconnected': _null, 'RawFile': _file, 'HostPipe': _pipe,
               'HostDevice': _device, 'TCP': _tcp}
    role = 'server' if port.server else ''
    source = ' '.join(word for word in (port.mode, port.path, role) if word)
    if port.mode not in methods:
        context.report.dropped(f'{title}: connection', source,
                               'nothing is connected: buslogic-import knows '
                               'no -chardev for it')
        return {'backend': 'null'}
    words, fidelity, why = methods[port.mode](context, title, port)
    shown = Value(words['backend'], {name: value for name, value
                                     in words.items() if name != 'backend'})
    getattr(context.report, fidelity)(f'{title}: connection', source,
                                      f'-chardev {shown}',
                                      *([why] if why else []))
    return words


def _null(context, title, port):
    return {'backend': 'null'}, 'exact', ''


def _file(context, title, port):
    return {'backend': 'file', 'path': port.path}, 'exact', ''


def _pipe(context, title, port):
    """A pipe is a socket of Unix; those of Windows get one in the folder."""
    path, fidelity, why = port.path, 'exact', ''
    if '\\' in path or not path:
        path = InFolder(f'serial{port.slot}.socket')
        fidelity, why = 'equivalent', "in this folder, instead of Windows' pipe"
    words = {'backend': 'socket', 'path': path, 'server': port.server}
    if port.server:
        words['wait'] = False
    return words, fidelity, why


def _device(context, title, port):
    if context.is_host_device(port.path):
        return {'backend': 'serial', 'path': port.path}, 'exact', ''
    return {'backend': 'null'}, 'approximated', 'this host does not have it'


def _tcp(context, title, port):
    host, _, number = port.path.rpartition(':')
    if not number.isdigit():
        raise ImportFailed(f'{title}: TCP', f'{port.path} is no port')
    words = {'backend': 'socket', 'host': host or (
        '0.0.0.0' if port.server else 'localhost'), 'port': number,
             'server': port.server}
    if port.server:
        words['wait'] = False
    else:
        words['reconnect'] = 1
    return words, 'exact', ''


def _map_parallel(context, port):
    title, name = f'parallel port {port.slot + 1}', f'parallel{port.slot}'
    context.options.remark(f'Parallel port {port.slot + 1}')
    backend, fidelity, why = _parallel_backend(context, port)
    properties = {} if backend == 'null' else {'path': port.path}
    context.options.add('chardev', backend, {'id': name, **properties})
    getattr(context.report, fidelity)(
        f'{title}: connection', port.path or 'none',
        f'-chardev {Value(backend, properties)}', *([why] if why else []))
    option = context.options.device('isa-parallel', {
        'index': port.slot, 'iobase': f'{port.iobase:#x}', 'irq': port.irq,
        'chardev': name})
    context.report.exact(title, f'{port.iobase:#x}, IRQ {port.irq}', option)


def _parallel_backend(context, port):
    """(driver of -chardev, decision, reason)."""
    if not port.path:
        return 'null', 'exact', ''
    if port.is_file:
        return 'file', 'exact', ''
    if context.is_host_device(port.path):
        return 'parport', 'exact', ''
    return 'null', 'approximated', 'this host does not have it'
