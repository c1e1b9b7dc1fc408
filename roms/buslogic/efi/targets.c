/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: finding the devices on the bus
 *
 * Only logical units that answer are announced.  UEFI permits the others, too,
 * but edk2-stable202208 to 202211 give up at the first that does not answer.
 */

#include "buslogic-efi.h"

#define SCAN_TIMEOUT            (10 * BL_SECOND)
/* The adapter may wait for each target in turn. */
#define INQUIRE_TIMEOUT         (60 * (UINT64)BL_SECOND)

#define SCSI_INQUIRY            0x12
#define SCSI_REPORT_LUNS        0xa0

#define INQUIRY_LEN             36
#define INQUIRY_QUALIFIER_SHIFT 5       /* 0: the logical unit exists */

#define CONFIG_REPLY            3
#define CONFIG_SCSI_ID          2

/* A list as long as that of a target with all the units we can reach */
typedef struct LunList {
    UINT8 len[4];                       /* BE, bytes that follow the header */
    UINT8 reserved[4];
    UINT8 entry[BL_NUM_LUNS][8];
} LunList;

static BOOLEAN ask(BuslogicAdapter *a, UINT8 target, UINT8 lun,
                   const UINT8 *cdb, UINT8 cdb_len, VOID *data, UINTN len)
{
    ScsiRequest r = {
        .target = target,
        .lun = lun,
        .direction = BL_DIR_IN,
        .cdb_len = cdb_len,
        .cdb = cdb,
        .data = data,
        .data_len = len,
        .timeout = SCAN_TIMEOUT,
    };

    return !EFI_ERROR(buslogic_execute(a, &r)) && !r.btstat && !r.sdstat;
}

static BOOLEAN unit_exists(BuslogicAdapter *a, UINT8 target, UINT8 lun)
{
    UINT8 cdb[6] = { SCSI_INQUIRY, [4] = INQUIRY_LEN };
    UINT8 data[INQUIRY_LEN];

    return ask(a, target, lun, cdb, sizeof(cdb), data, sizeof(data)) &&
           !(data[0] >> INQUIRY_QUALIFIER_SHIFT);
}

/* The bits of the logical units that a target lists; 1 if it lists none. */
static UINT32 listed_units(BuslogicAdapter *a, UINT8 target)
{
    LunList list;
    UINT8 cdb[12] = {
        SCSI_REPORT_LUNS, [8] = sizeof(list) >> 8, [9] = sizeof(list) & 0xff,
    };
    UINT32 units = 1;
    UINT32 i, len;

    boot_services->SetMem(&list, sizeof(list), 0);
    if (ask(a, target, 0, cdb, sizeof(cdb), &list, sizeof(list))) {
        len = buslogic_answer_length(cdb, list.len, sizeof(list));
        for (i = 0; offsetof(LunList, entry[i + 1]) <= len; i++) {
            /* Peripheral device or flat space addressing, below 256 */
            if (!(list.entry[i][0] & 0xbf) && list.entry[i][1] < BL_NUM_LUNS) {
                units |= 1u << list.entry[i][1];
            }
        }
    }
    return units;
}

static UINT32 scan_target(BuslogicAdapter *a, UINT8 target)
{
    UINT32 units = listed_units(a, target);
    UINT8 lun;

    for (lun = 0; lun < BL_NUM_LUNS; lun++) {
        if ((units & (1u << lun)) && !unit_exists(a, target, lun)) {
            units &= ~(1u << lun);
        }
    }
    return units;
}

EFI_STATUS buslogic_scan(BuslogicAdapter *a)
{
    UINT8 opcode = BL_CMD_INQUIRE_CONFIG;
    UINT8 config[CONFIG_REPLY];
    UINT8 present[2];                   /* bit n: target n, LE */
    EFI_STATUS status;
    UINT8 target;

    status = buslogic_command(a, &opcode, 1, config, sizeof(config),
                              BL_SECOND);
    if (EFI_ERROR(status)) {
        return status;
    }
    a->mode.AdapterId = config[CONFIG_SCSI_ID] % BL_NUM_TARGETS;

    opcode = BL_CMD_INQUIRE_TARGETS;
    status = buslogic_command(a, &opcode, 1, present, sizeof(present),
                              INQUIRE_TIMEOUT);
    if (EFI_ERROR(status)) {
        return status;
    }
    for (target = 0; target < BL_NUM_TARGETS; target++) {
        if (target != a->mode.AdapterId &&
            (present[target / 8] & (1 << target % 8))) {
            a->luns[target] = scan_target(a, target);
        }
    }
    return EFI_SUCCESS;
}
