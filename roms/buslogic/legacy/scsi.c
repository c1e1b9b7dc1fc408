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

#define START_STOP_EJECT    0x02    /* stop and unload */

#define STATUS_GOOD         0x00
#define STATUS_CHECK        0x02
#define STATUS_BUSY         0x08
#define STATUS_QUEUE_FULL   0x28

#define CAPACITY_10_SIZE    8

/* Several resets in a row leave several unit attentions. */
#define RETRIES             4
#define BUSY_TICKS          (10 * TICKS_PER_SECOND)

struct sense scsi_sense;

static void set_up(struct scsi_command *c, struct address a,
                   enum BuslogicDirection direction, uint32_t data,
                   uint32_t size)
{
    __builtin_memset(c, 0, sizeof(*c));
    c->data_size = size;
    c->data = data;
    c->target = a.target;
    c->lun = a.lun;
    c->control = direction << R_CCB_ADDR_DIRECTION_SHIFT;
    c->cdb_size = 6;
}

static void request_sense(const struct scsi_command *failed)
{
    struct address a = { failed->target, failed->lun };
    uint8_t data[SENSE_SIZE] = { 0 };
    struct scsi_command c;
    struct scsi_status s;

    set_up(&c, a, BL_DIR_IN, ram_linear(data), sizeof(data));
    c.cdb[0] = REQUEST_SENSE;
    c.cdb[4] = sizeof(data);
    transport_execute(&c, &s);
    scsi_sense = sense_decode(data, sizeof(data));
}

/* Status of the command, whether it is worth another try, and after what */
static enum int13_status judge(const struct scsi_command *c,
                               const struct scsi_status *s,
                               bool *retry, bool *wait)
{
    *retry = *wait = false;
    scsi_sense.key = SENSE_NONE;
    if (s->adapter != ADAPTER_OK) {
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

enum int13_status scsi_read_data(struct address a, const uint8_t *cdb,
                                 uint8_t cdb_size, void *data, uint16_t size)
{
    struct scsi_command c;

    set_up(&c, a, BL_DIR_IN, ram_linear(data), size);
    c.cdb_size = cdb_size;
    __builtin_memcpy(c.cdb, cdb, sizeof(c.cdb));
    __builtin_memset(data, 0, size);
    return scsi_execute(&c);
}

static enum int13_status no_data(struct address a, uint8_t opcode,
                                 uint8_t byte_4)
{
    struct scsi_command c;

    set_up(&c, a, BL_DIR_NONE, 0, 0);
    c.cdb[0] = opcode;
    c.cdb[4] = byte_4;
    return scsi_execute(&c);
}

enum int13_status scsi_wait_ready(struct address a)
{
    return no_data(a, TEST_UNIT_READY, 0);
}

enum int13_status scsi_eject(struct address a)
{
    return no_data(a, START_STOP, START_STOP_EJECT);
}

enum int13_status scsi_read_capacity(struct address a, struct capacity *c)
{
    static const uint8_t cdb[BL_EXEC_SCSI_MAX_CDB] = { READ_CAPACITY_10 };
    uint8_t data[CAPACITY_10_SIZE];
    enum int13_status status;

    status = scsi_read_data(a, cdb, 10, data, sizeof(data));
    c->last = get_be32(data);
    c->block_size = get_be32(data + 4);
    return status;
}

enum int13_status scsi_transfer(const struct scsi_transfer *t)
{
    struct scsi_command c;

    set_up(&c, t->address, t->write ? BL_DIR_OUT : BL_DIR_IN, t->data,
           (uint32_t)t->count * t->block_size);
    if (t->lba + t->count <= UINT32_MAX) {
        c.cdb_size = 10;
        c.cdb[0] = t->write ? WRITE_10 : READ_10;
        put_be32(c.cdb + 2, t->lba);
        c.cdb[7] = t->count >> 8;
        c.cdb[8] = t->count;
    } else {
        c.cdb_size = 16;
        c.cdb[0] = t->write ? WRITE_16 : READ_16;
        put_be32(c.cdb + 2, t->lba >> 32);
        put_be32(c.cdb + 6, t->lba);
        put_be32(c.cdb + 10, t->count);
    }
    return scsi_execute(&c);
}
