/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: SCSI commands
 */

#include "bytes.h"
#include "scsi.h"
#include "wait.h"

#define TEST_UNIT_READY     0x00
#define REQUEST_SENSE       0x03
#define START_STOP          0x1b
#define READ_CAPACITY_10    0x25
#define READ_10             0x28
#define WRITE_10            0x2a
#define READ_16             0x88
#define WRITE_16            0x8a
#define SERVICE_ACTION_IN   0x9e
#define READ_CAPACITY_16    0x10    /* its service action */

#define START_STOP_EJECT    0x02    /* stop and unload */

#define STATUS_GOOD         0x00
#define STATUS_CHECK        0x02
#define STATUS_BUSY         0x08
#define STATUS_QUEUE_FULL   0x28

#define CAPACITY_10_SIZE    8
#define CAPACITY_16_SIZE    32

/* Several resets in a row leave several unit attentions. */
#define RETRIES             4
#define BUSY_TICKS          (10 * TICKS_PER_SECOND)

struct sense scsi_sense;

static void set_direction(struct scsi_command *c, enum BuslogicDirection d)
{
    c->control = d << R_CCB_ADDR_DIRECTION_SHIFT;
}

static void request_sense(const struct scsi_command *failed)
{
    uint8_t data[SENSE_SIZE] = { 0 };
    struct scsi_command c = {
        .data_size = sizeof(data),
        .data = ram_linear(data),
        .target = failed->target,
        .lun = failed->lun,
        .cdb_size = 6,
        .cdb = { REQUEST_SENSE, 0, 0, 0, SENSE_SIZE },
    };
    struct scsi_status s;

    set_direction(&c, BL_DIR_IN);
    transport_execute(&c, &s);
    asm volatile("" : : : "memory");    /* the adapter wrote to data[] */
    scsi_sense = sense_decode(data, sizeof(data));
}

/* Status of the command, whether it is worth another try, and after what */
static enum int13_status judge(const struct scsi_command *c,
                               const struct scsi_status *s,
                               bool *retry, bool *wait)
{
    *retry = *wait = false;
    scsi_sense.key = SENSE_NONE;
    if (s->timeout) {
        return INT13_TIMEOUT;
    }
    if (s->btstat) {
        return btstat_to_int13(s->btstat);
    }
    switch (s->sdstat) {
    case STATUS_GOOD:
        return INT13_OK;
    case STATUS_CHECK:
        request_sense(c);
        *retry = sense_retry(&scsi_sense);
        *wait = sense_wait(&scsi_sense);
        return sense_to_int13(&scsi_sense);
    case STATUS_BUSY:
    case STATUS_QUEUE_FULL:
        *wait = true;
        return INT13_NOT_READY;
    default:
        return INT13_CONTROLLER;
    }
}

enum int13_status scsi_execute(const struct scsi_command *c)
{
    struct scsi_status s;
    struct deadline d;
    bool retry, wait;
    enum int13_status status;
    unsigned retries = RETRIES;

    deadline_set(&d, BUSY_TICKS);
    for (;;) {
        transport_execute(c, &s);
        status = judge(c, &s, &retry, &wait);
        if (retry && retries) {
            retries--;
        } else if (wait && !deadline_passed(&d)) {
            wait_ticks(1);
        } else {
            return status;
        }
    }
}

static void set_cdb(struct scsi_command *c, const uint8_t *cdb, uint8_t size)
{
    c->cdb_size = size;
    for (unsigned i = 0; i < size; i++) {
        c->cdb[i] = cdb[i];
    }
}

enum int13_status scsi_read_data(struct address a, const uint8_t *cdb,
                                 uint8_t cdb_size, void *data, uint16_t size)
{
    struct scsi_command c = {
        .data_size = size,
        .data = ram_linear(data),
        .target = a.target,
        .lun = a.lun,
    };
    enum int13_status status;

    set_direction(&c, BL_DIR_IN);
    set_cdb(&c, cdb, cdb_size);
    __builtin_memset(data, 0, size);
    asm volatile("" : : : "memory");
    status = scsi_execute(&c);
    asm volatile("" : : : "memory");
    return status;
}

static enum int13_status no_data(struct address a, const uint8_t *cdb)
{
    struct scsi_command c = { .target = a.target, .lun = a.lun };

    set_direction(&c, BL_DIR_NONE);
    set_cdb(&c, cdb, 6);
    return scsi_execute(&c);
}

enum int13_status scsi_wait_ready(struct address a)
{
    static const uint8_t cdb[6] = { TEST_UNIT_READY };

    return no_data(a, cdb);
}

enum int13_status scsi_eject(struct address a)
{
    static const uint8_t cdb[6] = { START_STOP, 0, 0, 0, START_STOP_EJECT };

    return no_data(a, cdb);
}

static enum int13_status read_capacity_16(struct address a,
                                          struct capacity *c)
{
    static const uint8_t cdb[16] = {
        SERVICE_ACTION_IN, READ_CAPACITY_16, [13] = CAPACITY_16_SIZE,
    };
    uint8_t data[CAPACITY_16_SIZE];
    enum int13_status status;

    status = scsi_read_data(a, cdb, sizeof(cdb), data, sizeof(data));
    c->blocks = ((uint64_t)get_be32(data) << 32) + get_be32(data + 4) + 1;
    c->block_size = get_be32(data + 8);
    return status;
}

enum int13_status scsi_read_capacity(struct address a, struct capacity *c)
{
    static const uint8_t cdb[10] = { READ_CAPACITY_10 };
    uint8_t data[CAPACITY_10_SIZE];
    enum int13_status status;

    status = scsi_read_data(a, cdb, sizeof(cdb), data, sizeof(data));
    c->blocks = (uint64_t)get_be32(data) + 1;
    c->block_size = get_be32(data + 4);
    if (status == INT13_OK && c->blocks > UINT32_MAX) {
        status = read_capacity_16(a, c);
    }
    return status;
}

enum int13_status scsi_transfer(struct address a, uint64_t lba, uint16_t count,
                                uint16_t block_size, uint32_t data,
                                bool write)
{
    struct scsi_command c = {
        .data_size = (uint32_t)count * block_size,
        .data = data,
        .target = a.target,
        .lun = a.lun,
    };

    set_direction(&c, write ? BL_DIR_OUT : BL_DIR_IN);
    if (lba + count <= UINT32_MAX) {
        c.cdb_size = 10;
        c.cdb[0] = write ? WRITE_10 : READ_10;
        put_be32(c.cdb + 2, lba);
        c.cdb[7] = count >> 8;
        c.cdb[8] = count;
    } else {
        c.cdb_size = 16;
        c.cdb[0] = write ? WRITE_16 : READ_16;
        put_be32(c.cdb + 2, lba >> 32);
        put_be32(c.cdb + 6, lba);
        put_be32(c.cdb + 10, count);
    }
    return scsi_execute(&c);
}
