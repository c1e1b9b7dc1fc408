/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: UEFI driver
 *
 * [n] is a section of docs/specs/buslogic.rst, [UEFI n] one of the UEFI
 * Specification 2.9.
 *
 * The image has no relocations, so that it can be small: there must not be a
 * pointer in initialised data.
 */

#ifndef ROMS_BUSLOGIC_EFI_H
#define ROMS_BUSLOGIC_EFI_H

#include <efi/efi.h>
#include "hw/scsi/buslogic-regs.h"
#include "ext-scsi-pass-thru.h"

#define BL_NUM_LUNS             32      /* 0x83 carries no more */

/*
 * What is announced to callers.  Devices that are passed through from the
 * host take no more in one command [6.4].
 */
#define BL_MAX_TRANSFER         (16 << 20)

/* Time is in units of 100 ns, as in UEFI */
#define BL_SECOND               10000000

/* An adapter that the driver manages */
typedef struct BuslogicAdapter {
    EFI_EXT_SCSI_PASS_THRU_PROTOCOL pass_thru;  /* first: see to_adapter() */
    EFI_EXT_SCSI_PASS_THRU_MODE mode;
    EFI_PCI_IO *pci;
    UINT64 pci_attributes;              /* to be restored */
    UINT32 luns[BL_NUM_TARGETS];        /* bit n: logical unit n answers */
} BuslogicAdapter;

/* A SCSI command and what became of it */
typedef struct ScsiRequest {
    UINT8 target;
    UINT8 lun;
    UINT8 direction;                    /* enum BuslogicDirection */
    UINT8 cdb_len;
    const UINT8 *cdb;
    VOID *data;
    UINTN data_len;                     /* bytes */
    UINT64 timeout;                     /* 0 for ever */
    UINT8 btstat;                       /* enum BuslogicHostStatus */
    UINT8 sdstat;                       /* SCSI status */
} ScsiRequest;

/* Hidden, so that it is not reached through a table of addresses */
extern EFI_BOOT_SERVICES *boot_services __attribute__((visibility("hidden")));

static inline BuslogicAdapter *to_adapter(EFI_EXT_SCSI_PASS_THRU_PROTOCOL *p)
{
    return (BuslogicAdapter *)p;
}

/* names.c */

/* Fills in the protocols that tell the names of driver and controllers. */
void buslogic_names_init(EFI_COMPONENT_NAME_PROTOCOL *names,
                         EFI_COMPONENT_NAME2_PROTOCOL *names2);

/* driver.c */

/* Whether this driver manages the controller. */
BOOLEAN buslogic_is_managed(EFI_HANDLE controller);

/* adapter.c: registers and host commands */

/*
 * Hard reset of adapter and SCSI bus.  Nothing is outstanding afterwards,
 * unless it fails.
 */
EFI_STATUS buslogic_reset(BuslogicAdapter *a);

/*
 * Executes a host command and acknowledges its completion.  @bytes are opcode
 * and parameters.  If it fails, the adapter has been reset.
 */
EFI_STATUS buslogic_command(BuslogicAdapter *a, const void *bytes, UINTN count,
                            UINT8 *reply, UINTN reply_len, UINT64 timeout);

/*
 * Executes a SCSI command.  EFI_SUCCESS means that @r has its status, good or
 * not.  EFI_BAD_BUFFER_SIZE leaves the length that would do in @r->data_len.
 */
EFI_STATUS buslogic_execute(BuslogicAdapter *a, ScsiRequest *r);

/* targets.c: the devices on the bus */

/* Fills in the adapter's ID and the map of logical units. */
EFI_STATUS buslogic_scan(BuslogicAdapter *a);

/* pass-thru.c */

/* Fills in the protocol. */
void buslogic_pass_thru_init(BuslogicAdapter *a);

/* length.c */

/*
 * How many bytes of @data a target has sent in answer to the CDB.  @len is the
 * size of the buffer, and the result for data that do not tell their length.
 */
UINT32 buslogic_answer_length(const UINT8 *cdb, const UINT8 *data, UINT32 len);

#endif /* ROMS_BUSLOGIC_EFI_H */
