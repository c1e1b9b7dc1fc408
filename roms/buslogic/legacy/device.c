/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: blocks of the devices
 */

#include "adapter.h"
#include "device.h"
#include "dma.h"

/* What one command moves; old adapters and some hosts have limits. */
#define MAX_CHUNK       0x10000     /* bytes */

struct device devices[MAX_DEVICES];

bool device_has(const struct device *d, uint64_t lba, uint32_t count)
{
    return lba < d->blocks && count <= d->blocks - lba;
}

static enum int13_status command(const struct transfer *t, uint16_t count,
                                 uint32_t physical)
{
    const struct scsi_transfer s = {
        .address = t->device->address,
        .lba = t->lba,
        .count = count,
        .block_size = device_block_size(t->device),
        .data = physical,
        .write = t->write,
    };

    return scsi_transfer(&s);
}

/* Blocks that fit into the RAM block's buffer go through it. */
static enum int13_status bounce(const struct transfer *t, uint16_t count)
{
    uint16_t size = count * device_block_size(t->device);
    enum int13_status status;

    if (t->write) {
        far_read(buffer, t->data, size);
    }
    status = command(t, count, ram_linear(buffer));
    if (!t->write && status == INT13_OK) {
        far_write(t->data, buffer, size);
    }
    return status;
}

static uint16_t min(uint32_t a, uint16_t b)
{
    return a < b ? a : b;
}

/* Moves the first of the blocks; their number is left in @count. */
static enum int13_status move_chunk(const struct transfer *t, uint16_t *count)
{
    uint16_t block_size = device_block_size(t->device);
    uint32_t physical = t->data, size;
    enum int13_status status;
    bool mapped = false;

    *count = min(t->count, MAX_CHUNK / block_size);
    size = *count * block_size;
    if (!t->physical) {
        mapped = dma_map(t->data, size, &physical);
        if (mapped && !adapter_reaches(physical, size)) {
            dma_unmap();
            mapped = false;
        }
        if (!mapped) {
            *count = min(t->count, BUFFER_SIZE / block_size);
            return bounce(t, *count);
        }
    }
    status = command(t, *count, physical);
    if (mapped) {
        dma_unmap();
    }
    return status;
}

enum int13_status device_transfer(struct transfer *t)
{
    uint16_t moved;
    enum int13_status status;

    while (t->count) {
        status = move_chunk(t, &moved);
        if (status != INT13_OK) {
            return status;
        }
        t->lba += moved;
        t->count -= moved;
        t->data += moved * device_block_size(t->device);
    }
    return INT13_OK;
}
