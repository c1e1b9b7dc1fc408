# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of disk images."""

import gzip
import hashlib
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path
from unittest import mock

from machines import TOOLS
import images
from images import MIB, content, qemu_img, write_vdi, write_vhd
from buslogic_import import disks
from buslogic_import.disks import Mode, vdi, vhd
from buslogic_import.disks.layers import Chain
from buslogic_import.errors import ImportFailed
from buslogic_import.model import DeviceKind, Medium
from buslogic_import.progress import Progress

NOTHING = Progress(0, quiet=True)


class DisksTest(unittest.TestCase):
    """A folder with originals, and one for the result."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.out = self.folder / 'out'
        self.out.mkdir()
        self.chance = random.Random(self.id())

    def raw(self, name='disk.raw', size=3 * MIB):
        """A disk with some data in it."""
        data = bytearray(size)
        for _ in range(5):
            at = self.chance.randrange(size - 70000)
            data[at:at + 70000] = self.chance.randbytes(70000)
        path = self.folder / name
        path.write_bytes(data)
        return path

    def converted(self, driver, suffix, *options):
        """(image in another format, its contents)."""
        raw = self.raw()
        path = raw.with_suffix(suffix)
        qemu_img('convert', '-f', 'raw', '-O', driver, *options, raw, path)
        data = raw.read_bytes()
        raw.unlink()
        return path, data

    def originals(self):
        """What must not change: contents and times."""
        return {path: (hashlib.sha256(path.read_bytes()).digest(),
                       path.stat().st_mtime_ns)
                for path in self.folder.iterdir() if path.is_file()}

    def carried_out(self, medium, mode=Mode.OVERLAY, kind=DeviceKind.DISK):
        """The Plan of a medium after it was carried out."""
        before = self.originals()
        plan = disks.plan(medium, kind, mode, self.out, 'disk0')
        disks.check_space([plan], self.out)
        self.assertEqual(list(self.out.iterdir()), [], 'planning wrote files')
        plan.carry_out(self.out, Progress(plan.work, quiet=True))
        self.assertEqual(self.originals(), before)
        return plan

    def check(self, medium, data, mode):
        """The image that comes out has these contents, and is sound."""
        plan = self.carried_out(medium, mode)
        path = self.out / plan.image.path
        self.assertEqual(plan.image.format, 'qcow2')
        self.assertEqual(plan.size, len(data))
        qemu_img('check', path)
        self.assertTrue(content(path) == data, 'other contents')
        size = path.stat().st_size
        self.assertLessEqual(path.stat().st_blocks * 512,
                             plan.bytes_needed + 65536, size)
        path.unlink()
        return plan

    def check_both(self, medium, data):
        """The same as an overlay and as a copy."""
        self.check(medium, data, Mode.OVERLAY)
        self.check(medium, data, Mode.CONVERT)

    def refuses(self, pattern, medium, mode=Mode.OVERLAY,
                kind=DeviceKind.DISK):
        """Planning fails with one line that names the file."""
        with self.assertRaisesRegex(ImportFailed, pattern) as caught:
            disks.plan(medium, kind, mode, self.out, 'disk0')
        self.assertIn(str(self.folder), str(caught.exception))
        self.assertNotIn('\n', str(caught.exception))

    def vdi_chain(self, depth=3, size=6 * MIB, block_size=MIB):
        """(Medium, contents) of a base and differences to it."""
        count = -(-size // block_size)
        state = bytearray(size)
        medium = parent = None
        for number in range(depth):
            blocks = {}
            for block in range(count):
                at, what = block * block_size, self.chance.randrange(4)
                length = min(block_size, size - at)
                if what == 0:
                    blocks[block] = self.chance.randbytes(length)
                    state[at:at + length] = blocks[block]
                elif what == 1:
                    blocks[block] = None
                    state[at:at + length] = bytes(length)
            path = write_vdi(self.folder / f'layer{number}.vdi', size, blocks,
                             parent, block_size)
            parent = vdi.Vdi(path)
            medium = Medium(path, str(parent.uuid), 'VDI', parent=medium)
        return medium, bytes(state)

    def vhd_chain(self, depth=3, size=5 * MIB):
        """The same of VHD images."""
        state = bytearray(size)
        medium = parent = None
        for number in range(depth):
            sectors = {}
            for _ in range(self.chance.randrange(300)):
                sector = self.chance.randrange(size // 512)
                sectors[sector] = self.chance.choice(
                    [bytes(512), self.chance.randbytes(512)])
                state[sector * 512:sector * 512 + 512] = sectors[sector]
            path = write_vhd(self.folder / f'layer{number}.vhd', size, sectors,
                             parent)
            parent = vhd.Vhd(path)
            medium = Medium(path, str(parent.uuid), 'VHD', parent=medium)
        return medium, bytes(state)


class Formats(DisksTest):
    """Single images"""

    def test_every_format_that_qemu_reads(self):
        for driver, suffix, name in (
                ('vdi', '.vdi', 'VDI'), ('vmdk', '.vmdk', 'VMDK'),
                ('vpc', '.vhd', 'VHD'), ('vhdx', '.vhdx', 'VHDX'),
                ('qcow2', '.qcow2', 'QCOW2'), ('qed', '.qed', 'QED'),
                ('qcow', '.qcow', 'QCOW'), ('parallels', '.hdd', 'Parallels')):
            options = ['-o', 'force_size=on'] if driver == 'vpc' else []
            path, data = self.converted(driver, suffix, *options)
            with self.subTest(driver):
                self.check_both(Medium(path, format=name), data)
                self.check(Medium(path), data, Mode.OVERLAY)

    def test_raw_image(self):
        path = self.raw()
        self.check_both(Medium(path, format='RAW'), path.read_bytes())

    def test_every_kind_of_vmdk(self):
        for kind in ('monolithicSparse', 'monolithicFlat', 'streamOptimized',
                     'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'):
            path, data = self.converted('vmdk', '.vmdk', '-o',
                                        f'subformat={kind}')
            with self.subTest(kind):
                self.check_both(Medium(path, format='VMDK'), data)

    def test_fixed_vhd_has_the_size_that_its_footer_says(self):
        data = self.raw(size=5 * MIB + 512 * 3).read_bytes()
        path = images.write_fixed_vhd(self.folder / 'disk.vhd', data)
        self.check_both(Medium(path, format='VHD'), data)

    def test_vdi_with_blocks_that_qemu_does_not_know(self):
        data = self.raw(size=3 * MIB).read_bytes()
        for size in (65536, 512 << 10, 2 * MIB):
            blocks = {at // size: data[at:at + size]
                      for at in range(0, len(data), size)}
            path = write_vdi(self.folder / 'odd.vdi', len(data), blocks,
                             block_size=size)
            self.check_both(Medium(path, format='VDI'), data)
            self.refuses('QEMU does not know', Medium(path), Mode.IN_PLACE)

    def test_format_that_is_not_what_it_is_said_to_be(self):
        path = self.raw()
        for name in ('VDI', 'VMDK', 'VHD', 'VHDX', 'QCOW2'):
            self.refuses(f'is no {name} image', Medium(path, format=name))
        self.refuses('is not supported', Medium(path, format='DMG2'))

    def test_raw_image_is_not_taken_for_what_the_guest_wrote_into_it(self):
        path, _ = self.converted('qcow2', '.qcow2')
        data = path.read_bytes()
        data = data.ljust(-(-len(data) // 512) * 512, b'\0')
        path.write_bytes(data)
        self.check(Medium(path, format='RAW'), data, Mode.OVERLAY)

    def test_encrypted_image(self):
        path = self.folder / 'secret.qcow2'
        qemu_img('create', '-q', '-f', 'qcow2', '--object',
                 'secret,id=s,data=x', '-o',
                 'encrypt.format=luks,encrypt.key-secret=s,'
                 'encrypt.iter-time=10', path, '1M')
        self.refuses('is encrypted', Medium(path))
        vmdk, _ = self.converted('vmdk', '.vmdk', '-o',
                                 'subformat=monolithicFlat')
        vmdk.write_text(vmdk.read_text().replace(
            'createType', 'encryption.keySafe = "vmware:key/x"\ncreateType'))
        self.refuses('is encrypted', Medium(vmdk))

    def test_image_that_needs_another_one(self):
        base = self.raw()
        path = self.folder / 'top.qcow2'
        qemu_img('create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', path)
        self.refuses('needs another image', Medium(path))

    def test_what_is_no_file(self):
        self.refuses('No such file', Medium(self.folder / 'none.vdi'))
        self.refuses('no ordinary file', Medium(self.folder))
        fifo = self.folder / 'fifo'
        os.mkfifo(fifo)
        self.refuses('no ordinary file', Medium(fifo))

    def test_names_that_qemu_could_misunderstand(self):
        path, data = self.converted('vdi', '.vdi')
        for name in ('a,b.vdi', 'a b"c.vdi', 'json:{x}.vdi', 'nbd:x.vdi',
                     'ümläut.vdi', "it's.vdi"):
            renamed = path.rename(self.folder / name)
            self.check_both(Medium(renamed, format='VDI'), data)
            path = renamed

    def test_name_that_is_too_long_for_an_overlay_leads_to_a_copy(self):
        path, data = self.converted('vdi', '.vdi')
        folder = self.folder
        for _ in range(5):
            folder = folder / ('x' * 200)
        folder.mkdir(parents=True)
        moved = path.rename(folder / 'disk.vdi')
        self.check(Medium(moved, format='VDI'), data, Mode.OVERLAY)


class InPlace(DisksTest):
    """Originals that are written to"""

    def test_every_format_that_qemu_writes(self):
        for driver, suffix, options in (
                ('vdi', '.vdi', []), ('vmdk', '.vmdk', []),
                ('vpc', '.vhd', ['-o', 'force_size=on']),
                ('qcow2', '.qcow2', [])):
            path, _ = self.converted(driver, suffix, *options)
            plan = self.carried_out(Medium(path), Mode.IN_PLACE)
            self.assertEqual((plan.image.path, plan.image.format,
                              plan.image.read_only), (path, driver, False))
            self.assertEqual(plan.bytes_needed, 0)

    def test_stream_optimised_vmdk(self):
        path, _ = self.converted('vmdk', '.vmdk', '-o',
                                 'subformat=streamOptimized')
        self.refuses('--in-place: QEMU does not write', Medium(path),
                     Mode.IN_PLACE)

    def test_write_protected_file(self):
        path = self.raw()
        path.chmod(0o444)
        # Root may write to it all the same.
        with mock.patch('os.access', lambda name, mode: os.stat(name).st_mode
                        & 0o200 if mode == os.W_OK else True):
            self.refuses('write-protected', Medium(path), Mode.IN_PLACE)


class Chains(DisksTest):
    """Differences"""

    def test_random_histories_of_vdi(self):
        for depth in (1, 2, 3, 6):
            for size in (6 * MIB, 5 * MIB + 512):
                medium, data = self.vdi_chain(depth, size)
                self.check_both(medium, data)

    def test_random_histories_of_vdi_with_odd_blocks(self):
        for block_size in (4096, 32768, 2 * MIB):
            medium, data = self.vdi_chain(3, 5 * MIB, block_size)
            self.check_both(medium, data)

    def test_random_histories_of_vhd(self):
        for depth in (1, 2, 5):
            medium, data = self.vhd_chain(depth)
            self.check_both(medium, data)

    def test_overlay_holds_the_differences_only(self):
        base = write_vdi(self.folder / 'base.vdi', 64 * MIB, {
            number: self.chance.randbytes(MIB) for number in range(64)})
        parent = vdi.Vdi(base)
        child = write_vdi(self.folder / 'child.vdi', 64 * MIB,
                          {5: self.chance.randbytes(MIB)}, parent)
        medium = Medium(child, format='VDI', parent=Medium(base, format='VDI'))
        plan = self.carried_out(medium)
        self.assertLess((self.out / plan.image.path).stat().st_size, 3 * MIB)

    def test_difference_that_is_longer_than_its_base(self):
        base = write_vdi(self.folder / 'base.vdi', 2 * MIB,
                         {0: b'a' * MIB, 1: b'b' * MIB})
        child = write_vdi(self.folder / 'child.vdi', 4 * MIB, {3: b'd' * MIB},
                          vdi.Vdi(base))
        medium = Medium(child, format='VDI', parent=Medium(base, format='VDI'))
        self.check_both(medium, b'a' * MIB + b'b' * MIB + bytes(MIB)
                        + b'd' * MIB)

    def test_vmdk_delta_with_a_hint(self):
        base, data = self.converted('vmdk', '.vmdk')
        delta = self.folder / 'delta.vmdk'
        qemu_img('create', '-q', '-f', 'vmdk', '-b', base, '-F', 'vmdk', delta)
        subprocess.run(['qemu-io', '-f', 'vmdk', '-c', 'write -P 7 1M 64k',
                        delta], check=True, capture_output=True)
        data = data[:MIB] + b'\7' * 65536 + data[MIB + 65536:]
        self.check_both(Medium(delta, format='VMDK'), data)
        self.refuses('difference', Medium(delta), Mode.IN_PLACE)

    def test_vmdk_delta_of_virtualbox_which_names_no_parent(self):
        base, data = self.converted('vmdk', '.vmdk')
        delta = self.folder / 'delta.vmdk'
        qemu_img('create', '-q', '-f', 'vmdk', '-b', base, '-F', 'vmdk', delta)
        text = delta.read_bytes()
        at = text.index(b'parentFileNameHint')
        end = text.index(b'\n', at)
        delta.write_bytes(text[:at] + b'#' * (end - at) + text[end:])
        self.refuses('does not name', Medium(delta, format='VMDK'))
        self.check_both(Medium(delta, format='VMDK',
                               parent=Medium(base, format='VMDK')), data)

    def test_vmdk_base_that_was_changed(self):
        base, _ = self.converted('vmdk', '.vmdk')
        delta = self.folder / 'delta.vmdk'
        qemu_img('create', '-q', '-f', 'vmdk', '-b', base, '-F', 'vmdk', delta)
        subprocess.run(['qemu-io', '-f', 'vmdk', '-c', 'write 0 64k', base],
                       check=True, capture_output=True)
        self.refuses('was changed', Medium(delta, format='VMDK'))

    def test_parent_that_is_missing(self):
        for medium, _ in (self.vdi_chain(2), self.vhd_chain(2)):
            medium.parent.path.unlink()
            medium.parent = None
            self.refuses('is missing', medium)

    def test_parent_that_is_found_by_its_uuid(self):
        for make in (self.vdi_chain, self.vhd_chain):
            for place in ('Snapshots', '.'):
                medium, data = make(2)
                base = medium.parent.path
                base.rename(base.with_stem(f'{place[0]}nother name'))
                child = self.folder / place / f'child{base.suffix}'
                child.parent.mkdir(exist_ok=True)
                medium.path.rename(child)
                self.check_both(Medium(child), data)
                child.unlink()

    def test_vdi_difference_to_an_image_of_another_format(self):
        for driver, suffix, name in (('raw', '.img', 'RAW'),
                                     ('vmdk', '.vmdk', 'VMDK'),
                                     ('vpc', '.vhd', 'VHD'),
                                     ('vhdx', '.vhdx', 'VHDX')):
            options = ['-o', 'force_size=on'] if driver == 'vpc' else []
            base, data = self.converted(driver, suffix, *options)
            parent = mock.Mock(uuid=uuid.uuid4(), modified=images.NOBODY)
            child = write_vdi(self.folder / f'{driver}.vdi', 3 * MIB,
                              {1: b'c' * MIB, 2: None}, parent)
            medium = Medium(child, format='VDI', parent=Medium(
                base, format=name))
            with self.subTest(driver):
                self.check_both(medium, data[:MIB] + b'c' * MIB + bytes(MIB))
                medium.parent.uuid = str(uuid.uuid4())
                self.refuses('UUID', medium)

    def test_vdi_blocks_that_need_a_part_of_a_base_of_another_format(self):
        base = self.raw()
        parent = mock.Mock(uuid=uuid.uuid4(), modified=images.NOBODY)
        child = write_vdi(self.folder / 'child.vdi', 3 * MIB, {1: b'c' * 4096},
                          parent, 4096)
        self.refuses('another format', Medium(
            child, format='VDI', parent=Medium(base, format='RAW')))

    def virtualbox_delta(self, data, **changes):
        """(Medium of a delta that goes by UUIDs, contents)."""
        raw = self.folder / 'disk.raw'
        raw.write_bytes(data)
        base, delta = self.folder / 'base.vmdk', self.folder / 'delta.vmdk'
        qemu_img('convert', '-O', 'vmdk', raw, base)
        raw.unlink()
        names = {'image': uuid.uuid4(), 'modification': uuid.uuid4()}
        images.set_vmdk_uuids(base, names)
        qemu_img('create', '-q', '-f', 'vmdk', delta, str(len(data)))
        for at, length, value in ((MIB, 100 << 10, 7), (len(data) - 512, 512,
                                                        9)):
            subprocess.run(['qemu-io', '-f', 'vmdk', '-c', 'write -P '
                            f'{value} {at} {length}', delta], check=True,
                           capture_output=True)
        images.set_vmdk_uuids(delta, {
            'image': uuid.uuid4(), 'parent': names['image'],
            'parentmodification': names['modification'], **changes})
        # QEMU knows no half grains: it fills them with zeros.
        data = (data[:MIB] + b'\7' * (100 << 10) + bytes(28 << 10)
                + data[MIB + (128 << 10):-65536] + bytes(65024) + b'\x09' * 512)
        return Medium(delta, format='VMDK', parent=Medium(
            base, format='VMDK')), data

    def test_vmdk_delta_of_virtualbox_which_goes_by_uuids(self):
        self.check_both(*self.virtualbox_delta(self.chance.randbytes(3 * MIB)))

    def test_vmdk_delta_of_virtualbox_to_another_image(self):
        data = bytes(3 * MIB)
        medium, _ = self.virtualbox_delta(data, parent=uuid.uuid4())
        self.refuses('is a difference to an image with the UUID', medium)
        medium, _ = self.virtualbox_delta(
            data, parentmodification=uuid.uuid4())
        self.refuses('was changed', medium)
        medium.parent = None
        self.refuses('does not name', medium)
        medium, _ = self.virtualbox_delta(data)
        medium.uuid = str(uuid.uuid4())
        self.refuses('it is another image', medium)

    def test_complete_vmdk_that_is_said_to_be_a_difference(self):
        base, _ = self.converted('vmdk', '.vmdk')
        self.refuses('but is complete', Medium(
            base, format='VMDK', parent=Medium(base.with_name('x'))))

    def test_large_chain_that_is_mostly_empty(self):
        size = 256 << 30
        base = write_vdi(self.folder / 'base.vdi', size, {
            7: b'b' * MIB}, block_size=2 * MIB)
        child = write_vdi(self.folder / 'child.vdi', size, {
            99999: b'c' * MIB}, vdi.Vdi(base), 2 * MIB)
        medium = Medium(child, format='VDI', parent=Medium(base, format='VDI'))
        with mock.patch.object(Chain, 'has_some', autospec=True,
                               side_effect=Chain.has_some) as looked:
            plan = self.carried_out(medium)
        self.assertLess(looked.call_count, 20000)
        path = self.out / plan.image.path
        qemu_img('check', path)
        self.assertLess(path.stat().st_size, 16 * MIB)
        done = subprocess.run(
            ['qemu-io', '-r', '-c', f'read -P 0x62 {14 * MIB} 1M', '-c',
             f'read -P 0x63 {99999 * 2 * MIB} 1M', '-c',
             f'read -P 0 {size - MIB} 1M', path], check=True,
            capture_output=True, text=True)
        self.assertNotIn('fail', done.stdout + done.stderr)

    def test_parent_that_is_another_image_or_was_changed(self):
        medium, _ = self.vdi_chain(2)
        other = write_vdi(self.folder / 'other.vdi', 6 * MIB, {})
        base, medium.parent = medium.parent, Medium(other, format='VDI')
        self.refuses('is a difference to an image with the UUID', medium)
        old = vdi.Vdi(base.path)
        write_vdi(base.path, 6 * MIB, {}, header={'uuid': old.uuid})
        medium.parent = base
        self.refuses('was changed after the difference', medium)

    def test_image_with_another_uuid_than_in_the_registry(self):
        medium, _ = self.vdi_chain(1)
        medium.uuid = '00000000-0000-0000-0000-000000000001'
        self.refuses('it is another image', medium)

    def test_chain_without_an_end(self):
        medium, _ = self.vdi_chain(2)
        medium.parent.parent = medium
        self.refuses('without an end', medium)

    def test_difference_is_not_written_to(self):
        medium, _ = self.vdi_chain(2)
        self.refuses('--in-place: it is a difference', medium, Mode.IN_PLACE)


class Damaged(DisksTest):
    """Headers and tables that cannot be"""

    def test_headers_of_vdi(self):
        for header in ({'version': 2 << 16}, {'type': 3}, {'type': 77},
                       {'sector': 4096}, {'block_size': 1000},
                       {'block_size': 1 << 31}, {'size': 0},
                       {'size': 1 << 60}, {'blocks': 1},
                       {'blocks': 1 << 31, 'size': 1 << 40},
                       {'map_at': 1 << 31}):
            path = write_vdi(self.folder / 'bad.vdi', 3 * MIB,
                             {0: b'x' * MIB}, header=header)
            with self.subTest(header):
                self.refuses('bad.vdi', Medium(path, format='VDI'))

    def test_block_maps_of_vdi_differences(self):
        base = write_vdi(self.folder / 'base.vdi', 3 * MIB, {})
        child = write_vdi(self.folder / 'child.vdi', 3 * MIB, {
            0: b'x' * MIB, 1: b'y' * MIB}, vdi.Vdi(base))
        good = child.read_bytes()
        for entry, problem in ((1, 'of another one'), (7, 'beyond the end'),
                               (0xfffffffd, 'beyond the end')):
            child.write_bytes(good[:512] + struct.pack('<I', entry)
                              + good[516:])
            self.refuses(problem, Medium(child, format='VDI',
                                         parent=Medium(base, format='VDI')))

    def test_truncated_images(self):
        for medium, _ in (self.vdi_chain(2), self.vhd_chain(2)):
            good = medium.path.read_bytes()
            for length in (0, 1, 100, 400, 513, 1000, 1600, len(good) // 2):
                medium.path.write_bytes(good[:length])
                self.refuses('', medium)

    def test_vhd_with_wrong_checksums(self):
        path = write_vhd(self.folder / 'bad.vhd', 4 * MIB, {0: b'x' * 512})
        good = path.read_bytes()
        for at in (30, 512 + 40, len(good) - 400):
            path.write_bytes(good[:at] + b'\x55' + good[at + 1:])
            self.refuses('checksum', Medium(path, format='VHD'))

    def test_extents_of_vmdk_that_lead_elsewhere(self):
        path, _ = self.converted('vmdk', '.vmdk', '-o',
                                 'subformat=monolithicFlat')
        text = path.read_text()
        (self.folder / 'nbd:localhost:1').write_bytes(b'')
        for name in ('/etc/passwd', '../x', r'C:\x', '', 'nbd:localhost:1'):
            path.write_text(text.replace('disk-flat.vmdk', name))
            self.refuses('not a file beside it', Medium(path))
        path.write_text(text.replace('disk-flat.vmdk', 'none'))
        self.refuses('is missing', Medium(path))
        (self.folder / 'link').symlink_to('/etc/passwd')
        path.write_text(text.replace('disk-flat.vmdk', 'link'))
        self.refuses('outside of its folder', Medium(path))

    def test_parent_that_a_complete_vmdk_names_is_not_opened(self):
        path, data = self.converted('vmdk', '.vmdk', '-o',
                                    'subformat=monolithicFlat')
        path.write_text(path.read_text().replace(
            'createType', 'parentFileNameHint="/etc/passwd"\ncreateType'))
        self.check_both(Medium(path), data)
        self.refuses('names a parent', Medium(path), Mode.IN_PLACE)

    def test_truncated_vmdk(self):
        for kind, suffix in (('monolithicFlat', '-flat.vmdk'),
                             ('monolithicSparse', '.vmdk'),
                             ('twoGbMaxExtentFlat', '-f001.vmdk')):
            path, _ = self.converted('vmdk', '.vmdk', '-o',
                                     f'subformat={kind}')
            part = path.with_name(path.stem + suffix)
            os.truncate(part, part.stat().st_size - 65536)
            with self.subTest(kind):
                self.refuses('truncated|beyond the end', Medium(path))

    def test_sparse_vmdk_with_tables_that_cannot_be(self):
        path, _ = self.converted('vmdk', '.vmdk')
        good = path.read_bytes()
        for at, value in ((12, 1 << 50), (20, 3), (20, 0), (56, 1 << 40)):
            path.write_bytes(good[:at] + struct.pack('<Q', value)
                             + good[at + 8:])
            self.refuses('', Medium(path))

    def test_truncated_vdi_without_differences(self):
        path, _ = self.converted('vdi', '.vdi')
        os.truncate(path, path.stat().st_size - 65536)
        self.refuses('beyond the end', Medium(path))

    def test_vhd_that_qemu_takes_for_another_size_is_not_written_to(self):
        path = images.write_fixed_vhd(self.folder / 'disk.vhd',
                                      self.raw(size=5 * MIB).read_bytes())
        self.refuses('of another size', Medium(path), Mode.IN_PLACE)

    def test_uuid_of_vhd_in_either_byte_order(self):
        path = write_vhd(self.folder / 'disk.vhd', 2 * MIB, {})
        own = vhd.Vhd(path).uuid
        for name in (own, uuid.UUID(bytes_le=own.bytes)):
            self.check(Medium(path, str(name), 'VHD'), bytes(2 * MIB),
                       Mode.OVERLAY)
        self.refuses('another image', Medium(path, str(uuid.uuid4()), 'VHD'))

    def test_vmdk_of_a_drive_of_the_host(self):
        path, _ = self.converted('vmdk', '.vmdk', '-o',
                                 'subformat=monolithicFlat')
        text = path.read_text()
        path.write_text(text.replace('monolithicFlat', 'fullDevice'))
        self.refuses('createType fullDevice', Medium(path))

    def test_random_damage_ends_in_one_line_or_in_a_plan(self):
        for medium, header in ((self.vdi_chain(2)[0], 600),
                               (self.vhd_chain(2)[0], 1600)):
            good = medium.path.read_bytes()
            for _ in range(60):
                data = bytearray(good)
                for _ in range(self.chance.randrange(1, 4)):
                    data[self.chance.randrange(header)] = (
                        self.chance.randrange(256))
                medium.path.write_bytes(data)
                try:
                    disks.plan(medium, DeviceKind.DISK, Mode.OVERLAY, self.out,
                               'disk0')
                except ImportFailed as error:
                    self.assertNotIn('\n', str(error))


class Packed(DisksTest):
    """Members of archives, and gzip"""

    def archive(self, path):
        """(Medium of an image within a larger file)."""
        data = path.read_bytes()
        packed = self.folder / 'archive'
        packed.write_bytes(b'before' * 1000 + data + b'after' * 1000)
        path.unlink()
        return Medium(packed, format='VMDK', offset=6000, size=len(data))

    def test_vmdk_in_an_archive_is_used_where_it_is(self):
        for kind in ('monolithicSparse', 'streamOptimized'):
            path, data = self.converted('vmdk', '.vmdk', '-o',
                                        f'subformat={kind}')
            medium = self.archive(path)
            self.check_both(medium, data)
            self.refuses('--in-place: ', medium, Mode.IN_PLACE)

    def test_packed_vmdk_and_raw_image(self):
        path, data = self.converted('vmdk', '.vmdk')
        for name, plain in (('VMDK', path.read_bytes()), ('RAW', data)):
            packed = self.folder / 'disk.gz'
            packed.write_bytes(gzip.compress(plain, 1))
            medium = Medium(packed, format=name, compressed=True)
            self.check_both(medium, data)
            self.refuses('--in-place: it is packed', medium, Mode.IN_PLACE)

    def test_vhd_in_an_archive_which_qemu_would_cut_short(self):
        path = images.write_fixed_vhd(self.folder / 'disk.vhd',
                                      bytes(5 * MIB))
        medium = self.archive(path)
        medium.format = 'VHD'
        self.refuses('in an archive', medium)

    def test_packed_image_that_is_damaged(self):
        packed = self.folder / 'disk.gz'
        for data in (b'nonsense', gzip.compress(b'x' * 100000)[:50]):
            packed.write_bytes(data)
            self.refuses('cannot be unpacked', Medium(
                packed, format='RAW', compressed=True))

    def test_cd_is_used_where_it_is_but_taken_out_of_an_archive(self):
        path = self.raw('cd.iso', 300 * 2048)
        plan = self.carried_out(Medium(path, format='RAW'),
                                kind=DeviceKind.CDROM)
        self.assertEqual((plan.image.path, plan.image.format,
                          plan.image.read_only), (path, 'raw', True))
        data = path.read_bytes()
        medium = self.archive(path)
        medium.format = 'RAW'
        plan = self.carried_out(medium, kind=DeviceKind.CDROM)
        self.assertEqual((self.out / plan.image.path).read_bytes(), data)


class Work(DisksTest):
    """Space, progress, interruption"""

    def test_too_little_space_is_refused_before_anything_is_written(self):
        path = self.folder / 'huge.raw'
        with open(path, 'wb') as file:
            file.truncate(1 << 20)
        plan = disks.plan(Medium(path, format='RAW'), DeviceKind.DISK,
                          Mode.CONVERT, self.out, 'disk0')
        plan.bytes_needed = 1 << 60
        with self.assertRaisesRegex(ImportFailed, 'are needed there'):
            disks.check_space([plan], self.out / 'not' / 'made')

    def test_progress_is_shown_on_a_terminal_only(self):
        class Terminal(list):
            """What is written to it."""

            write, flush = list.append, staticmethod(lambda: None)

            def __init__(self, is_terminal):
                super().__init__()
                self.isatty = lambda: is_terminal

        for is_terminal in (True, False):
            out, times = Terminal(is_terminal), iter(range(100))
            progress = Progress(100 * MIB, out=out,
                                clock=lambda: next(times))
            progress.advance(50 * MIB)
            progress.finish()
            if is_terminal:
                self.assertIn('50%  50.0 MiB of 100.0 MiB, 50.0 MiB/s, 0:01 '
                              'left', out[0])
            else:
                self.assertEqual(out, [])

    def test_work_that_is_told_adds_up(self):
        path = self.raw(size=8 * MIB)
        plan = disks.plan(Medium(path, format='RAW'), DeviceKind.DISK,
                          Mode.CONVERT, self.out, 'disk0')
        progress = Progress(plan.work, quiet=True)
        plan.carry_out(self.out, progress)
        self.assertGreaterEqual(progress.done, progress.total * 0.98)

    def test_qemu_img_ends_with_the_import(self):
        path = self.raw(size=8 * MIB)
        script = f'''import sys; sys.path.insert(0, {str(TOOLS)!r})
from pathlib import Path
from buslogic_import.disks import qemu_img
qemu_img._program = lambda: "sleep"
qemu_img._run(Path("x"), ["987"])'''
        with subprocess.Popen([sys.executable, '-c', script],
                              start_new_session=True,
                              stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60
            while not self.children(process.pid):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.wait(60)
            self.assertEqual(self.children(process.pid), [])
        self.assertTrue(path.exists())

    def children(self, leader):
        """The processes of a session but for its leader."""
        found = []
        for stat in Path('/proc').glob('[0-9]*/stat'):
            try:
                fields = stat.read_text().rpartition(')')[2].split()
            except OSError:
                continue
            pid, state, session = int(stat.parent.name), fields[0], fields[3]
            if session == str(leader) and pid != leader and state != 'Z':
                found.append(pid)
        return found

    def test_qemu_img_that_is_missing(self):
        path = self.raw()
        before = os.environ['PATH']
        os.environ['PATH'] = ''
        self.addCleanup(os.environ.__setitem__, 'PATH', before)
        try:
            with self.assertRaises((ImportFailed, FileNotFoundError)) as error:
                disks.plan(Medium(path, format='RAW'), DeviceKind.DISK,
                           Mode.CONVERT, self.out, 'disk0')
        finally:
            os.environ['PATH'] = before
        self.assertIn('apt-get install qemu-utils', str(error.exception))


if __name__ == '__main__':
    unittest.main()
