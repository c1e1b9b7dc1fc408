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
    wait_for 20 "[ \$(ls -d /sys/block/sd* 2>/dev/null | wc -l) -eq $1 ]"
}

# disk_at HOST:CHANNEL:TARGET:LUN: the disk's block device.
disk_at() {
    echo "/dev/$(ls "/sys/bus/scsi/devices/$1/block")"
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

# messages TEXT: how many messages of the kernel have it.
messages() {
    dmesg | grep -c "$1" || true
}
