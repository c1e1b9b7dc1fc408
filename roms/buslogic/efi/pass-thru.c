/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: EFI_EXT_SCSI_PASS_THRU_PROTOCOL [UEFI 15.7]
 */

#include "buslogic-efi.h"

#define SCSI_REQUEST_SENSE      0x03
#define SENSE_TIMEOUT           (10 * BL_SECOND)

#define MIN_CDB                 6
#define SCSI_NODE_LENGTH        sizeof(SCSI_DEVICE_PATH)

typedef EFI_EXT_SCSI_PASS_THRU_PROTOCOL PassThru;
typedef EFI_EXT_SCSI_PASS_THRU_SCSI_REQUEST_PACKET Packet;

/* Targets and logical units */

/* Whether all bytes of a Target are 0xff, which asks for the first one. */
static BOOLEAN is_start(const UINT8 *target)
{
    UINTN i = 0;

    while (i < TARGET_MAX_BYTES && target[i] == 0xff) {
        i++;
    }
    return i == TARGET_MAX_BYTES;
}

/* Whether 0x83 can send a command there, be there a device or not. */
static BOOLEAN is_address(BuslogicAdapter *a, const UINT8 *target, UINT64 lun)
{
    UINTN i;

    for (i = 1; i < TARGET_MAX_BYTES; i++) {
        if (target[i]) {
            return FALSE;
        }
    }
    return target[0] < BL_NUM_TARGETS && target[0] != a->mode.AdapterId &&
           lun < BL_NUM_LUNS;
}

static BOOLEAN is_present(BuslogicAdapter *a, const UINT8 *target, UINT64 lun)
{
    return is_address(a, target, lun) &&
           (a->luns[target[0]] & (1u << (UINT32)lun));
}

static void set_target(UINT8 *target, UINT8 id)
{
    boot_services->SetMem(target, TARGET_MAX_BYTES, 0);
    target[0] = id;
}

static EFI_STATUS EFIAPI get_next_target(PassThru *this, UINT8 **target)
{
    BuslogicAdapter *a = to_adapter(this);
    UINTN id = 0;

    if (!target || !*target) {
        return EFI_INVALID_PARAMETER;
    }
    if (!is_start(*target)) {
        if (!is_address(a, *target, 0) || !a->luns[**target]) {
            return EFI_INVALID_PARAMETER;
        }
        id = **target + 1;
    }
    for (; id < BL_NUM_TARGETS; id++) {
        if (a->luns[id]) {
            set_target(*target, id);
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI get_next_target_lun(PassThru *this, UINT8 **target,
                                             UINT64 *lun)
{
    BuslogicAdapter *a = to_adapter(this);
    UINTN unit = 0;             /* counted through all targets */

    if (!target || !*target || !lun) {
        return EFI_INVALID_PARAMETER;
    }
    if (!is_start(*target)) {
        if (!is_present(a, *target, *lun)) {
            return EFI_INVALID_PARAMETER;
        }
        unit = **target * BL_NUM_LUNS + *lun + 1;
    }
    for (; unit < BL_NUM_TARGETS * BL_NUM_LUNS; unit++) {
        if (a->luns[unit / BL_NUM_LUNS] & (1u << unit % BL_NUM_LUNS)) {
            set_target(*target, unit / BL_NUM_LUNS);
            *lun = unit % BL_NUM_LUNS;
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI build_device_path(PassThru *this, UINT8 *target,
                                           UINT64 lun, EFI_DEVICE_PATH **path)
{
    BuslogicAdapter *a = to_adapter(this);
    SCSI_DEVICE_PATH *node;
    EFI_STATUS status;

    if (!target || !path) {
        return EFI_INVALID_PARAMETER;
    }
    if (!is_present(a, target, lun)) {
        return EFI_NOT_FOUND;
    }
    status = boot_services->AllocatePool(EfiBootServicesData, SCSI_NODE_LENGTH,
                                         (void **)&node);
    if (EFI_ERROR(status)) {
        return EFI_OUT_OF_RESOURCES;
    }
    node->Header.Type = MESSAGING_DEVICE_PATH;
    node->Header.SubType = MSG_SCSI_DP;
    node->Header.Length[0] = SCSI_NODE_LENGTH;
    node->Header.Length[1] = 0;
    node->Pun = target[0];
    node->Lun = lun;
    *path = &node->Header;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_target_lun(PassThru *this, EFI_DEVICE_PATH *path,
                                        UINT8 **target, UINT64 *lun)
{
    BuslogicAdapter *a = to_adapter(this);
    SCSI_DEVICE_PATH *node = (SCSI_DEVICE_PATH *)path;

    if (!path || !target || !*target || !lun) {
        return EFI_INVALID_PARAMETER;
    }
    if (path->Type != MESSAGING_DEVICE_PATH || path->SubType != MSG_SCSI_DP ||
        DevicePathNodeLength(path) != SCSI_NODE_LENGTH) {
        return EFI_UNSUPPORTED;
    }
    if (node->Pun >= BL_NUM_TARGETS || node->Lun >= BL_NUM_LUNS ||
        !(a->luns[node->Pun] & (1u << node->Lun))) {
        return EFI_NOT_FOUND;
    }
    set_target(*target, node->Pun);
    *lun = node->Lun;
    return EFI_SUCCESS;
}

/* Commands */

static UINT8 host_adapter_status(UINT8 btstat)
{
    switch (btstat) {
    case BTSTAT_OK:
    case BTSTAT_SELECTION_TIMEOUT:
    case BTSTAT_DATA_RUN:
    case BTSTAT_BUS_FREE:
        /* UEFI has taken over these codes. */
        return btstat;
    case BTSTAT_RST_ASSERTED:
    case BTSTAT_BUS_RESET:
    case BTSTAT_DEVICE_RESET:
        return EFI_EXT_SCSI_STATUS_HOST_ADAPTER_BUS_RESET;
    default:
        return EFI_EXT_SCSI_STATUS_HOST_ADAPTER_OTHER;
    }
}

static EFI_STATUS check_packet(const Packet *p)
{
    BOOLEAN in = p->DataDirection == EFI_EXT_SCSI_DATA_DIRECTION_READ;

    if (!p->Cdb || p->CdbLength < MIN_CDB ||
        p->DataDirection > EFI_EXT_SCSI_DATA_DIRECTION_BIDIRECTIONAL) {
        return EFI_INVALID_PARAMETER;
    }
    if (p->CdbLength > BL_EXEC_SCSI_MAX_CDB ||
        p->DataDirection == EFI_EXT_SCSI_DATA_DIRECTION_BIDIRECTIONAL ||
        (p->InTransferLength && p->OutTransferLength)) {
        return EFI_UNSUPPORTED;
    }
    if ((p->InTransferLength && (!in || !p->InDataBuffer)) ||
        (p->OutTransferLength && (in || !p->OutDataBuffer))) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_SUCCESS;
}

/* Host command 0x83 leaves the sense data in the target. */
static void fetch_sense(BuslogicAdapter *a, const ScsiRequest *failed,
                        Packet *p, UINT8 len)
{
    UINT8 cdb[6] = { SCSI_REQUEST_SENSE, [4] = len };
    ScsiRequest r = {
        .target = failed->target,
        .lun = failed->lun,
        .direction = BL_DIR_IN,
        .cdb_len = sizeof(cdb),
        .cdb = cdb,
        .data = p->SenseData,
        .data_len = len,
        .timeout = SENSE_TIMEOUT,
    };

    if (EFI_ERROR(buslogic_execute(a, &r)) || r.btstat || r.sdstat) {
        p->HostAdapterStatus =
            EFI_EXT_SCSI_STATUS_HOST_ADAPTER_REQUEST_SENSE_FAILED;
    } else {
        p->SenseDataLength = buslogic_answer_length(cdb, p->SenseData, len);
    }
}

/* Executes the request of a packet, with its length at @transfer_len. */
static EFI_STATUS run_packet(BuslogicAdapter *a, ScsiRequest *r, Packet *p,
                             UINT32 *transfer_len)
{
    UINT8 sense_len = p->SenseData ? p->SenseDataLength : 0;
    EFI_STATUS status = buslogic_execute(a, r);

    if (status == EFI_BAD_BUFFER_SIZE) {
        *transfer_len = r->data_len;
        return status;
    }
    p->SenseDataLength = 0;
    p->TargetStatus = r->sdstat;
    p->HostAdapterStatus = host_adapter_status(r->btstat);
    if (EFI_ERROR(status)) {
        *transfer_len = 0;
        p->HostAdapterStatus = status == EFI_TIMEOUT
            ? EFI_EXT_SCSI_STATUS_HOST_ADAPTER_TIMEOUT_COMMAND
            : EFI_EXT_SCSI_STATUS_HOST_ADAPTER_OTHER;
        return status;
    }
    if (r->btstat == BTSTAT_SELECTION_TIMEOUT) {
        *transfer_len = 0;
        return EFI_TIMEOUT;
    }
    if (r->sdstat != EFI_EXT_SCSI_STATUS_TARGET_GOOD) {
        *transfer_len = 0;
    } else if (r->direction == BL_DIR_IN) {
        *transfer_len = buslogic_answer_length(p->Cdb, r->data, r->data_len);
    }
    if (r->sdstat == EFI_EXT_SCSI_STATUS_TARGET_CHECK_CONDITION && sense_len) {
        fetch_sense(a, r, p, sense_len);
    }
    return r->btstat ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

/* Returns where the packet has its transfer length. */
static UINT32 *set_data(ScsiRequest *r, Packet *p)
{
    UINT32 *transfer_len = &p->InTransferLength;

    if (p->OutTransferLength) {
        r->direction = BL_DIR_OUT;
        r->data = p->OutDataBuffer;
        transfer_len = &p->OutTransferLength;
    } else if (p->InTransferLength) {
        r->direction = BL_DIR_IN;
        r->data = p->InDataBuffer;
    } else {
        r->direction = BL_DIR_NONE;
    }
    r->data_len = *transfer_len;
    return transfer_len;
}

static EFI_STATUS EFIAPI pass_thru(PassThru *this, UINT8 *target, UINT64 lun,
                                   Packet *p, EFI_EVENT event)
{
    BuslogicAdapter *a = to_adapter(this);
    UINT32 *transfer_len;
    EFI_STATUS status;
    ScsiRequest r;
    EFI_TPL tpl;

    if (!target || !p || !is_address(a, target, lun)) {
        return EFI_INVALID_PARAMETER;
    }
    status = check_packet(p);
    if (EFI_ERROR(status)) {
        return status;
    }
    r = (ScsiRequest) {
        .target = target[0],
        .lun = lun,
        .cdb = p->Cdb,
        .cdb_len = p->CdbLength,
        .timeout = p->Timeout,
    };
    transfer_len = set_data(&r, p);
    if (r.data_len > BL_MAX_TRANSFER) {
        *transfer_len = BL_MAX_TRANSFER;
        return EFI_BAD_BUFFER_SIZE;
    }

    /* An event's function must not find the adapter amid a command. */
    tpl = boot_services->RaiseTPL(TPL_NOTIFY);
    status = run_packet(a, &r, p, transfer_len);
    boot_services->RestoreTPL(tpl);

    /*
     * We do not claim to support non-blocking I/O.  A caller that waits for
     * the event nevertheless gets it.
     */
    if (event && !EFI_ERROR(status)) {
        boot_services->SignalEvent(event);
    }
    return status;
}

/* Resets */

static EFI_STATUS EFIAPI reset_channel(PassThru *this)
{
    EFI_TPL tpl = boot_services->RaiseTPL(TPL_NOTIFY);
    EFI_STATUS status = buslogic_reset(to_adapter(this));

    boot_services->RestoreTPL(tpl);
    return status;
}

/*
 * A bus device reset takes mailboxes and a CCB, and resets all logical units of
 * the target, not just the one that is asked for.
 */
static EFI_STATUS EFIAPI reset_target_lun(PassThru *this, UINT8 *target,
                                          UINT64 lun)
{
    if (!target || !is_address(to_adapter(this), target, lun)) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_UNSUPPORTED;
}

void buslogic_pass_thru_init(BuslogicAdapter *a)
{
    a->mode.Attributes = EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_PHYSICAL |
                         EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_LOGICAL;
    a->mode.IoAlign = 1;
    a->pass_thru.Mode = &a->mode;
    a->pass_thru.PassThru = pass_thru;
    a->pass_thru.GetNextTargetLun = get_next_target_lun;
    a->pass_thru.BuildDevicePath = build_device_path;
    a->pass_thru.GetTargetLun = get_target_lun;
    a->pass_thru.ResetChannel = reset_channel;
    a->pass_thru.ResetTargetLun = reset_target_lun;
    a->pass_thru.GetNextTarget = get_next_target;
}
