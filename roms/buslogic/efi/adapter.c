/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: registers, host commands, SCSI commands
 *
 * SCSI commands go through host command 0x83 [4.2].  It needs neither
 * mailboxes nor other memory that the adapter would know of afterwards.
 * Between two calls, the adapter is idle and its interrupt acknowledged: there
 * is nothing left to stop when an operating system takes over.
 */

#include "buslogic-efi.h"

#define PORTS_BAR           0
#define POLL_US             10

/* Enough for anything the adapter does on its own, self test included */
#define ADAPTER_TIMEOUT     (5 * BL_SECOND)

/* Opcode and parameters of host command 0x83, LE */
typedef struct QEMU_PACKED ExecScsi {
    UINT8 opcode;
    UINT32 data_len;
    UINT32 data_addr;
    UINT8 target;
    UINT8 lun;
    UINT8 direction;        /* as in a CCB */
    UINT8 cdb_len;
    UINT8 cdb[BL_EXEC_SCSI_MAX_CDB];
} ExecScsi;
QEMU_BUILD_BUG_ON(offsetof(ExecScsi, cdb) != 1 + BL_EXEC_SCSI_HEADER);

/* Reply of host command 0x83 */
enum {
    REPLY_BTSTAT = 2,       /* SDSTAT if it is 0 */
    REPLY_SDSTAT = 3,
    REPLY_SIZE   = 4,
};

static UINT8 read_port(BuslogicAdapter *a, UINT8 port)
{
    UINT8 value = 0xff;

    a->pci->Io.Read(a->pci, EfiPciIoWidthUint8, PORTS_BAR, port, 1, &value);
    return value;
}

static void write_port(BuslogicAdapter *a, UINT8 port, UINT8 value)
{
    a->pci->Io.Write(a->pci, EfiPciIoWidthUint8, PORTS_BAR, port, 1, &value);
}

/*
 * Waits until the bits of @mask are no longer as in @busy.  No register can
 * read 0xff, unless the adapter has gone: that ends the wait without timeout.
 */
static EFI_STATUS wait_while(BuslogicAdapter *a, UINT8 port, UINT8 mask,
                             UINT8 busy, UINT64 timeout)
{
    UINT64 elapsed = 0;
    UINT8 value;

    do {
        value = read_port(a, port);
        if (value == 0xff) {
            return EFI_DEVICE_ERROR;
        }
        if ((value & mask) != busy) {
            return EFI_SUCCESS;
        }
        boot_services->Stall(POLL_US);
        elapsed += POLL_US * (BL_SECOND / 1000000);
    } while (!timeout || elapsed < timeout);
    return EFI_TIMEOUT;
}

EFI_STATUS buslogic_reset(BuslogicAdapter *a)
{
    EFI_STATUS status;

    write_port(a, A_CONTROL, R_CONTROL_RHARD_MASK);
    /* Boards need up to 100 us to show that they are in reset. */
    boot_services->Stall(100);
    status = wait_while(a, A_STATUS, R_STATUS_DACT_MASK, R_STATUS_DACT_MASK,
                        ADAPTER_TIMEOUT);
    if (!EFI_ERROR(status)) {
        status = wait_while(a, A_STATUS, R_STATUS_HARDY_MASK, 0,
                            ADAPTER_TIMEOUT);
    }
    return status;
}

/* Sends opcode and parameters, as long as the adapter does not reject them. */
static EFI_STATUS send(BuslogicAdapter *a, const UINT8 *bytes, UINTN count)
{
    EFI_STATUS status;
    UINTN i;

    status = wait_while(a, A_STATUS, R_STATUS_HARDY_MASK, 0, ADAPTER_TIMEOUT);
    for (i = 0; i < count && !EFI_ERROR(status); i++) {
        if (i && (read_port(a, A_STATUS) & R_STATUS_CMDINV_MASK)) {
            return EFI_DEVICE_ERROR;
        }
        write_port(a, A_COMMAND, bytes[i]);
        status = wait_while(a, A_STATUS, R_STATUS_CPRBSY_MASK,
                            R_STATUS_CPRBSY_MASK, ADAPTER_TIMEOUT);
    }
    return status;
}

/* Receives the reply.  A command that ends without it has been rejected. */
static EFI_STATUS receive(BuslogicAdapter *a, UINT8 *reply, UINTN count,
                          UINT64 timeout)
{
    EFI_STATUS status;
    UINTN i;

    for (i = 0; i < count; i++) {
        status = wait_while(a, A_STATUS,
                            R_STATUS_DIRRDY_MASK | R_STATUS_HARDY_MASK, 0,
                            timeout);
        if (EFI_ERROR(status)) {
            return status;
        }
        if (!(read_port(a, A_STATUS) & R_STATUS_DIRRDY_MASK)) {
            return EFI_DEVICE_ERROR;
        }
        reply[i] = read_port(a, A_DATA_IN);
    }
    return EFI_SUCCESS;
}

EFI_STATUS buslogic_command(BuslogicAdapter *a, const void *bytes, UINTN count,
                            UINT8 *reply, UINTN reply_len, UINT64 timeout)
{
    EFI_STATUS status = send(a, bytes, count);

    if (!EFI_ERROR(status)) {
        status = receive(a, reply, reply_len, timeout);
    }
    if (!EFI_ERROR(status)) {
        status = wait_while(a, A_INTERRUPT, R_INTERRUPT_CMDC_MASK, 0,
                            ADAPTER_TIMEOUT);
    }
    if (EFI_ERROR(status)) {
        buslogic_reset(a);
    } else {
        write_port(a, A_CONTROL, R_CONTROL_RINT_MASK);
    }
    return status;
}

/* Executes the command with its data at the address that the adapter sees. */
static EFI_STATUS execute_at(BuslogicAdapter *a, ScsiRequest *r,
                             EFI_PHYSICAL_ADDRESS addr)
{
    ExecScsi command = {
        .opcode = BL_CMD_EXEC_SCSI,
        .data_len = r->data_len,
        .data_addr = addr,
        .target = r->target,
        .lun = r->lun,
        .direction = r->direction << R_CCB_ADDR_DIRECTION_SHIFT,
        .cdb_len = r->cdb_len,
    };
    UINT8 reply[REPLY_SIZE];
    EFI_STATUS status;

    boot_services->CopyMem(command.cdb, (void *)r->cdb, r->cdb_len);
    status = buslogic_command(a, &command,
                              offsetof(ExecScsi, cdb) + r->cdb_len,
                              reply, sizeof(reply), r->timeout);
    if (!EFI_ERROR(status)) {
        r->sdstat = reply[REPLY_SDSTAT];
        r->btstat = reply[REPLY_BTSTAT] == r->sdstat ? BTSTAT_OK
                                                     : reply[REPLY_BTSTAT];
    }
    return status;
}

EFI_STATUS buslogic_execute(BuslogicAdapter *a, ScsiRequest *r)
{
    EFI_PCI_IO_PROTOCOL_OPERATION operation =
        r->direction == BL_DIR_IN ? EfiPciIoOperationBusMasterWrite
                                  : EfiPciIoOperationBusMasterRead;
    EFI_PHYSICAL_ADDRESS addr;
    UINTN mapped = r->data_len;
    EFI_STATUS status, unmap_status;
    VOID *mapping;

    if (r->direction == BL_DIR_NONE) {
        return execute_at(a, r, 0);
    }

    /* The result is below 4 GiB, as we do not enable dual address cycles. */
    status = a->pci->Map(a->pci, operation, r->data, &mapped, &addr, &mapping);
    if (EFI_ERROR(status)) {
        return EFI_DEVICE_ERROR;
    }
    if (mapped < r->data_len) {
        r->data_len = mapped;
        status = EFI_BAD_BUFFER_SIZE;
    } else {
        status = execute_at(a, r, addr);
    }
    a->pci->Flush(a->pci);
    unmap_status = a->pci->Unmap(a->pci, mapping);
    return EFI_ERROR(status) ? status : unmap_status;
}
