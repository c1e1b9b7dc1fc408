/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * EFI_EXT_SCSI_PASS_THRU_PROTOCOL, which gnu-efi does not define
 *
 * UEFI Specification 2.9, section 15.7.  Identifiers are those of the
 * specification.
 */

#ifndef ROMS_BUSLOGIC_EXT_SCSI_PASS_THRU_H
#define ROMS_BUSLOGIC_EXT_SCSI_PASS_THRU_H

#include <efi/efi.h>

#define EFI_EXT_SCSI_PASS_THRU_PROTOCOL_GUID                                  \
    { 0x143b7632, 0xb81b, 0x4cb7,                                             \
      { 0xab, 0xd3, 0xb6, 0x25, 0xa5, 0xb9, 0xbf, 0xfe } }

#define TARGET_MAX_BYTES 16

/* EFI_EXT_SCSI_PASS_THRU_MODE.Attributes */
#define EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_PHYSICAL      0x0001
#define EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_LOGICAL       0x0002
#define EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_NONBLOCKIO    0x0004

typedef struct {
    UINT32 AdapterId;           /* SCSI ID of the adapter itself */
    UINT32 Attributes;
    UINT32 IoAlign;             /* 0 and 1: buffers may be anywhere */
} EFI_EXT_SCSI_PASS_THRU_MODE;

/* DataDirection */
#define EFI_EXT_SCSI_DATA_DIRECTION_READ                0
#define EFI_EXT_SCSI_DATA_DIRECTION_WRITE               1
#define EFI_EXT_SCSI_DATA_DIRECTION_BIDIRECTIONAL       2

/* HostAdapterStatus */
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_OK                     0x00
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_TIMEOUT_COMMAND        0x09
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_BUS_RESET              0x0e
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_REQUEST_SENSE_FAILED   0x10
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_SELECTION_TIMEOUT      0x11
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_DATA_OVERRUN_UNDERRUN  0x12
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_BUS_FREE               0x13
#define EFI_EXT_SCSI_STATUS_HOST_ADAPTER_OTHER                  0x7f

/* TargetStatus */
#define EFI_EXT_SCSI_STATUS_TARGET_GOOD                 0x00
#define EFI_EXT_SCSI_STATUS_TARGET_CHECK_CONDITION      0x02

typedef struct {
    UINT64 Timeout;             /* in 100 ns, 0 for ever */
    VOID *InDataBuffer;
    VOID *OutDataBuffer;
    VOID *SenseData;
    VOID *Cdb;
    UINT32 InTransferLength;    /* bytes; in: of the buffer, out: moved */
    UINT32 OutTransferLength;
    UINT8 CdbLength;
    UINT8 DataDirection;
    UINT8 HostAdapterStatus;
    UINT8 TargetStatus;
    UINT8 SenseDataLength;
} EFI_EXT_SCSI_PASS_THRU_SCSI_REQUEST_PACKET;

typedef struct EFI_EXT_SCSI_PASS_THRU_PROTOCOL EFI_EXT_SCSI_PASS_THRU_PROTOCOL;

/* A Target is an array of TARGET_MAX_BYTES bytes. */
struct EFI_EXT_SCSI_PASS_THRU_PROTOCOL {
    EFI_EXT_SCSI_PASS_THRU_MODE *Mode;
    EFI_STATUS (EFIAPI *PassThru)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, UINT8 *Target, UINT64 Lun,
        EFI_EXT_SCSI_PASS_THRU_SCSI_REQUEST_PACKET *Packet, EFI_EVENT Event);
    EFI_STATUS (EFIAPI *GetNextTargetLun)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, UINT8 **Target, UINT64 *Lun);
    EFI_STATUS (EFIAPI *BuildDevicePath)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, UINT8 *Target, UINT64 Lun,
        EFI_DEVICE_PATH **DevicePath);
    EFI_STATUS (EFIAPI *GetTargetLun)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, EFI_DEVICE_PATH *DevicePath,
        UINT8 **Target, UINT64 *Lun);
    EFI_STATUS (EFIAPI *ResetChannel)(EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This);
    EFI_STATUS (EFIAPI *ResetTargetLun)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, UINT8 *Target, UINT64 Lun);
    EFI_STATUS (EFIAPI *GetNextTarget)(
        EFI_EXT_SCSI_PASS_THRU_PROTOCOL *This, UINT8 **Target);
};

#endif /* ROMS_BUSLOGIC_EXT_SCSI_PASS_THRU_H */
