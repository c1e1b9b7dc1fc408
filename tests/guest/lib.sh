# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shell functions for the commands that tests send to the guest.

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    tries=$(($1 * 10))
    shift
    while ! eval "$*"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "gave up waiting: $*"; return 1; }
        usleep 100000
    done
}

# wait_disks N: until exactly N disks are there.
wait_disks() {
    wait_for 180 "[ \$(ls -d /sys/block/sd* 2>/dev/null | wc -l) -eq $1 ]"
}

# disk_at HOST:CHANNEL:TARGET:LUN: the disk's block device. With several disks
# it is a matter of luck which of them is sda.
disk_at() {
    echo "/dev/$(ls "/sys/bus/scsi/devices/$1/block")"
}

# data_checksum HOST:CHANNEL:TARGET:LUN: of the file "data" in the disk's first
# partition, which is there later than the disk.
data_checksum() {
    partition=$(disk_at "$1")1
    wait_for 120 "[ -b $partition ]" && mount -o ro "$partition" /mnt &&
        sha256sum </mnt/data | cut -d ' ' -f 1 && umount /mnt
}

# checksum DEVICE MIB: of what is on the disk, not of what is in the cache.
checksum() {
    blockdev --flushbufs "$1"
    echo 3 >/proc/sys/vm/drop_caches
    dd if="$1" bs=1M count="$2" 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

# rewrite DEVICE MIB: turns the first area of a disk made by stamps.py into
# the next generation. Written back by the kernel, many commands at a time.
rewrite() {
    dd if="$1" of="$1" bs=1M skip="$2" count="$2" \
        iflag=direct conv=notrunc,fsync 2>/dev/null
}

# writes_in_flight NAME: of the disk sda, sdb, ...
writes_in_flight() {
    awk '{ print $2 }' "/sys/block/$1/inflight"
}

# journal_block WRITER BLOCK ROUND: 64 KiB as journal.py knows them.
journal_block() {
    awk -v name="$1 $2 $3" 'BEGIN {
        for (i = 0; i < 128; i++) printf "%-511s\n", name " " i
    }'
}

# write_journal DISK WRITER BLOCKS ROUND: write these blocks round after round,
# from this one on, until told to stop. Each block is acknowledged on the
# second serial port once it is safe, and is read back before it is overwritten.
write_journal() {
    round=$4
    until [ -e /tmp/stop ]; do
        for block in $(seq 0 $(($3 - 1))); do
            at=$(($2 * $3 + block))
            if [ "$round" -gt "$4" ]; then
                journal_block "$2" "$block" $((round - 1)) >"/tmp/old$2"
                dd if="$1" bs=64k skip=$at count=1 iflag=direct 2>/dev/null |
                    cmp - "/tmp/old$2" || return 1
            fi
            journal_block "$2" "$block" "$round" |
                dd of="$1" bs=64k seek=$at iflag=fullblock oflag=direct \
                    conv=notrunc,fsync 2>/dev/null || return 1
            echo "ack $2 $block $round" >/dev/ttyS1
        done
        round=$((round + 1))
    done
}

# start_journal DISK WRITERS BLOCKS ROUND: in the background.
start_journal() {
    rm -f /tmp/stop
    writers=
    for writer in $(seq 0 $(($2 - 1))); do
        write_journal "$1" "$writer" "$3" "$4" &
        writers="$writers $!"
    done
}

# stop_journal: after the rounds under way; fails if a writer has failed.
stop_journal() {
    touch /tmp/stop
    for writer in $writers; do
        wait "$writer" || { echo "a writer of the journal failed"; return 1; }
    done
    echo 'journal stopped' >/dev/ttyS1
}

# messages TEXT: how many messages of the kernel have it.
messages() {
    dmesg | grep -c "$1" || true
}
