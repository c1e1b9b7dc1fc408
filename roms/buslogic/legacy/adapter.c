/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: the adapter's registers and the phases of a host command
 * (docs/specs/buslogic.rst, sections 2 and 3.2)
 */

#include "adapter.h"
#include "wait.h"

/* How long an adapter may take to accept a byte, or to leave a reset */
#define READY_TICKS (2 * TICKS_PER_SECOND)

/* More than the longest reply, to drain what somebody left there */
#define MAX_STALE   256

struct adapter adapter;

static uint8_t read_register(uint8_t offset)
{
    return inb(adapter.iobase + offset);
}

static void write_register(uint8_t offset, uint8_t value)
{
    outb(adapter.iobase + offset, value);
}

/* Wait until the bits of @mask in the status read as @value. */
static bool wait_status(uint8_t mask, uint8_t value, struct deadline *d)
{
    while ((read_register(A_STATUS) & mask) != value) {
        if (deadline_passed(d)) {
            return false;
        }
    }
    return true;
}

static bool write_byte(uint8_t byte)
{
    struct deadline d;

    deadline_set(&d, READY_TICKS);
    if (!wait_status(R_STATUS_CPRBSY_MASK, 0, &d)) {
        return false;
    }
    write_register(A_COMMAND, byte);
    return true;
}

static bool wait_idle(void)
{
    struct deadline d;

    for (unsigned i = 0; i < MAX_STALE; i++) {
        if (!(read_register(A_STATUS) & R_STATUS_DIRRDY_MASK)) {
            break;
        }
        read_register(A_DATA_IN);
    }
    deadline_set(&d, READY_TICKS);
    return wait_status(R_STATUS_HARDY_MASK | R_STATUS_DACT_MASK,
                       R_STATUS_HARDY_MASK, &d);
}

/* A command that is rejected ends in the middle of its parameters. */
static bool rejected(void)
{
    return read_register(A_STATUS) & R_STATUS_CMDINV_MASK;
}

static enum adapter_result send(const struct host_command *c)
{
    if (!wait_idle() || !write_byte(c->opcode)) {
        return ADAPTER_TIMEOUT;
    }
    for (unsigned i = 0; i < c->params_size; i++) {
        if (rejected()) {
            return ADAPTER_REJECTED;
        }
        if (!write_byte(c->params[i])) {
            return ADAPTER_TIMEOUT;
        }
    }
    return ADAPTER_OK;
}

static enum adapter_result receive(const struct host_command *c)
{
    struct deadline d;
    uint8_t status;

    deadline_set(&d, c->ticks);
    for (unsigned i = 0; i < c->reply_size; ) {
        status = read_register(A_STATUS);
        if (status & R_STATUS_DIRRDY_MASK) {
            /* The last one raises CMDC: nobody is to see that interrupt. */
            interrupts_off();
            c->reply[i++] = read_register(A_DATA_IN);
        } else if (status & R_STATUS_CMDINV_MASK) {
            return ADAPTER_REJECTED;
        } else if (deadline_passed(&d)) {
            return ADAPTER_TIMEOUT;
        }
    }
    if (!wait_status(R_STATUS_HARDY_MASK, R_STATUS_HARDY_MASK, &d)) {
        return ADAPTER_TIMEOUT;
    }
    return rejected() ? ADAPTER_REJECTED : ADAPTER_OK;
}

/*
 * Leave no interrupt behind.  A filled mailbox is its owner's business, whose
 * handler acknowledges both.
 */
static void acknowledge(void)
{
    uint8_t causes = read_register(A_INTERRUPT);

    if (causes & R_INTERRUPT_CMDC_MASK && !(causes & R_INTERRUPT_IMBL_MASK)) {
        write_register(A_CONTROL, R_CONTROL_RINT_MASK);
    }
}

enum adapter_result adapter_command(const struct host_command *c)
{
    enum adapter_result result = send(c);

    if (result == ADAPTER_OK) {
        result = receive(c);
    }
    acknowledge();
    interrupts_on();
    return result;
}

void adapter_reset_bus(void)
{
    struct deadline d;

    write_register(A_CONTROL, R_CONTROL_RSBUS_MASK);
    deadline_set(&d, READY_TICKS);
    wait_status(R_STATUS_DIRRDY_MASK, R_STATUS_DIRRDY_MASK, &d);
    wait_idle();
    acknowledge();
}
