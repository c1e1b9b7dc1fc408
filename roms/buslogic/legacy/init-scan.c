/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: which devices there are, and in which order
 */

#include "adapter.h"
#include "bytes.h"
#include "cdrom.h"
#include "console.h"
#include "fwcfg.h"
#include "init.h"
#include "sense.h"

#define REPORT_LUNS         0xa0
#define LUNS_HEADER         8       /* its first 4 bytes are the size */
#define LUN_SIZE            8
#define MAX_LUNS            32      /* as many as 0x83 can address */
#define LUN_LIST_SIZE       (LUNS_HEADER + MAX_LUNS * LUN_SIZE)

#define SERVICE_ACTION_IN   0x9e
#define READ_CAPACITY_16    0x10    /* its service action */
#define CAPACITY_16_SIZE    32

/* Commands of the search do not wait for media. */
#define SCAN_TICKS          (10 * TICKS_PER_SECOND)

/* Places taken in devices[], those left out in the boot order included */
static uint8_t device_count;

static bool same(struct address a, struct address b)
{
    return a.target == b.target && a.lun == b.lun;
}

static struct device *find_device(struct address a)
{
    for (unsigned i = 0; i < MAX_DEVICES; i++) {
        if (devices[i].kind != DEVICE_NONE && same(devices[i].address, a)) {
            return &devices[i];
        }
    }
    return NULL;
}

/*
 * The BIOS takes the n-th header for what a line with ":romN" is about, and
 * the first for what any line is about.
 */
static void rank(const struct boot_path *path)
{
    struct address a = { path->target, path->lun };
    uint32_t index = path->has_instance ? path->instance : device_count;

    if (index >= MAX_DEVICES || devices[index].kind != DEVICE_NONE ||
        find_device(a)) {
        return;
    }
    devices[index].kind = DEVICE_DEAD;
    devices[index].address = a;
    if (index >= device_count) {
        device_count = index + 1;
    }
}

static void read_boot_order(const struct pci_path *path)
{
    struct fw_cfg_file file;
    struct boot_path result;
    char *line = (char *)buffer;

    if (!fw_cfg_open(&file, INIT_TEXT("bootorder"))) {
        return;
    }
    while (fw_cfg_line(&file, line, BUFFER_SIZE)) {
        if (boot_path_parse(line, path, &result)) {
            rank(&result);
        }
    }
}

static void set_geometry(struct device *d, const char *text)
{
    uint32_t n[3];
    struct geometry g;

    if (!boot_geometry_parse(text, n) || n[1] > MAX_HEADS ||
        n[2] > MAX_SECTORS) {
        return;
    }
    g = (struct geometry) {
        .cylinders = n[0] < MAX_CYLINDERS ? n[0] : MAX_CYLINDERS,
        .heads = n[1], .sectors = n[2],
    };
    if (geometry_valid(&g)) {
        d->geometry = g;
    }
}

/* What the user says about disks is right. */
static void read_geometries(const struct pci_path *path)
{
    struct fw_cfg_file file;
    struct boot_path result;
    struct device *d;
    char *line = (char *)buffer;

    if (!fw_cfg_open(&file, INIT_TEXT("bios-geometry"))) {
        return;
    }
    while (fw_cfg_line(&file, line, BUFFER_SIZE)) {
        if (!boot_path_parse(line, path, &result)) {
            continue;
        }
        d = find_device((struct address) { result.target, result.lun });
        if (d && d->kind == DEVICE_DISK) {
            set_geometry(d, result.rest);
        }
    }
}

/* Its place in the order, or the next free one; NULL if there is none */
static struct device *place_of(struct address a)
{
    struct device *d = find_device(a);

    if (!d && device_count < MAX_DEVICES) {
        d = &devices[device_count++];
        d->address = a;
    }
    return d;
}

static void complain(struct address a, const char __seg_gs *about)
{
    print(INIT_TEXT("BT-"));
    print_ram(adapter.model);
    print(INIT_TEXT(" ID "));
    print_number(a.target);
    print(INIT_TEXT(" LUN "));
    print_number(a.lun);
    print(about);
}

/* A disk that has more blocks than READ CAPACITY(10) can say */
static enum int13_status read_capacity_16(struct device *d)
{
    static const uint8_t cdb[BL_EXEC_SCSI_MAX_CDB] = {
        SERVICE_ACTION_IN, READ_CAPACITY_16, [13] = CAPACITY_16_SIZE,
    };
    uint8_t data[CAPACITY_16_SIZE];
    enum int13_status status;

    status = scsi_read_data(d->address, cdb, 16, data, sizeof(data));
    d->blocks = ((uint64_t)get_be32(data) << 32) + get_be32(data + 4) + 1;
    return status;
}

static bool disk_works(struct device *d)
{
    struct capacity c;
    enum int13_status status = scsi_read_capacity(d->address, &c);

    d->blocks = (uint64_t)c.last + 1;
    if (status == INT13_OK && c.last == UINT32_MAX) {
        status = read_capacity_16(d);
    }
    if (status != INT13_OK) {
        complain(d->address, INIT_TEXT(": not ready, error "));
        print_hex(status, 2);
        print_char('\n');
        return false;
    }
    if (c.block_size != DISK_BLOCK) {
        complain(d->address, INIT_TEXT(": no disk to boot from, block size "));
        print_number(c.block_size);
        print_char('\n');
        return false;
    }
    d->geometry = geometry_of_disk(d->blocks, adapter.extended_translation);
    return true;
}

static void add_disk(struct address a)
{
    struct device found = { .kind = DEVICE_DISK, .address = a };
    struct device *d;
    bool works;

    scsi_wait_ready(a);             /* if it fails, so does what follows */
    works = disk_works(&found);
    if (!works && !find_device(a)) {
        return;
    }
    d = place_of(a);
    if (d && works) {
        *d = found;
    }
}

static void add_cdrom(struct address a)
{
    struct device found = { .kind = DEVICE_CDROM, .address = a };
    struct device *d;

    if (!find_device(a) && !cdrom_bootable(&found)) {
        return;
    }
    d = place_of(a);
    if (d) {
        *d = found;
    }
}

static void scan_unit(struct address a)
{
    uint8_t data[INQUIRY_SIZE];

    if (!scsi_inquiry(a, data)) {
        return;
    }
    switch (data[0] & INQUIRY_TYPE_MASK) {
    case TYPE_DISK:
        add_disk(a);
        break;
    case TYPE_CDROM:
        add_cdrom(a);
        break;
    }
}

/*
 * The LUNs of a target, a bit each.  SCSI-2 devices have but one and do not
 * know the command; a target that does not answer has none.
 */
static uint32_t report_luns(uint8_t target)
{
    static const uint8_t cdb[BL_EXEC_SCSI_MAX_CDB] = {
        REPORT_LUNS, [8] = LUN_LIST_SIZE >> 8, LUN_LIST_SIZE & 0xff,
    };
    struct address a = { target, 0 };
    uint32_t luns = 0, size;

    switch (scsi_read_data(a, cdb, 12, buffer, LUN_LIST_SIZE)) {
    case INT13_OK:
        break;
    case INT13_TIMEOUT:
        return 0;
    default:
        return 1;
    }
    size = get_be32(buffer);
    for (uint32_t i = LUNS_HEADER; i < LUN_LIST_SIZE; i += LUN_SIZE) {
        /* Peripheral device addressing: 0, then the LUN */
        if (i - LUNS_HEADER < size && !buffer[i] && buffer[i + 1] < MAX_LUNS) {
            luns |= 1u << buffer[i + 1];
        }
    }
    return luns;
}

/* False if the adapter cannot go on */
static bool scan_target(uint8_t target)
{
    uint32_t luns = report_luns(target);

    for (uint8_t lun = 0; lun < MAX_LUNS; lun++) {
        if (luns >> lun & 1) {
            scan_unit((struct address) { target, lun });
        }
    }
    if (scsi_adapter == ADAPTER_REJECTED) {
        print(INIT_TEXT("BusLogic: the adapter refuses SCSI commands\n"));
        return false;
    }
    if (scsi_adapter == ADAPTER_TIMEOUT) {
        complain((struct address) { target, 0 },
                 INIT_TEXT(": no answer\n"));
        return adapter_hard_reset();
    }
    return true;
}

/* In the order of IDs */
static void scan_targets(void)
{
    uint16_t targets = adapter_targets();

    for (uint8_t target = 0; target < BL_NUM_TARGETS; target++) {
        if (targets >> target & 1 && !scan_target(target)) {
            return;
        }
    }
}

unsigned scan_devices(const struct pci_path *path)
{
    read_boot_order(path);
    transport_ticks = SCAN_TICKS;
    scan_targets();
    transport_ticks = TRANSPORT_TICKS;
    read_geometries(path);
    return device_count;
}
