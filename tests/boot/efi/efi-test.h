/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * EFI application that tests the boot ROM's driver
 *
 * test_efi_protocol.py builds the machine: see there for what is behind the
 * adapter.  The application writes to the first serial port: "TEST name" at
 * the beginning of each test, then a line for each check, and "DONE" in the
 * end.
 */

#ifndef TESTS_BOOT_EFI_TEST_H
#define TESTS_BOOT_EFI_TEST_H

#include <efi/efi.h>
#include "efi/ext-scsi-pass-thru.h"

#define ADAPTER_ID      7
#define ABSENT          4               /* no device has this ID */
#define DISK            0               /* this one has the application */
#define UNITS           2               /* a disk with several units */
#define EMPTY_CD        5               /* a CD-ROM drive without medium */
#define SCRATCH         12              /* a disk to be written to */
#define SLOW            15              /* a disk that takes its time */

#define INQUIRY         0x12
#define MODE_SENSE      0x1a
#define READ_10         0x28
#define READ_16         0x88
#define REPORT_LUNS     0xa0
#define REQUEST_SENSE   0x03
#define TEST_UNIT_READY 0x00
#define WRITE_10        0x2a

#define SECOND          10000000        /* of Packet.Timeout */
#define MIB             (1 << 20)

typedef EFI_EXT_SCSI_PASS_THRU_PROTOCOL Protocol;
typedef EFI_EXT_SCSI_PASS_THRU_SCSI_REQUEST_PACKET Packet;

/* GUIDs are not written to, but the prototypes do not say so. */
#define GUID(name)      ((EFI_GUID *)&(name))

/* Not to be reached through a table of addresses: there are no relocations */
#pragma GCC visibility push(hidden)
extern EFI_BOOT_SERVICES *bs;
extern EFI_HANDLE image_handle;
extern const EFI_GUID pass_thru_guid;
extern const EFI_GUID pci_io_guid;
#pragma GCC visibility pop

/* report.c: the serial port is used directly, also after ExitBootServices */
void put(const char *text);
void put_number(UINT64 number);
void begin(const char *test);
void check(BOOLEAN good, const char *what);
void check_equal(UINT64 is, UINT64 should_be, const char *what);

/* packets.c */
typedef struct Target {
    UINT8 bytes[TARGET_MAX_BYTES];
} Target;

Target make_target(UINT8 id);
/* A packet that reads; with OutTransferLength set, one that writes */
Packet make_packet(UINT8 *cdb, UINT8 cdb_len, void *data, UINT32 len);
EFI_STATUS pass(Protocol *p, UINT8 id, UINT64 lun, Packet *packet);
EFI_STATUS inquire(Protocol *p, UINT8 id, UINT64 lun);

/* The tests */
void test_mode(Protocol *p);
void test_targets(Protocol *p);
void test_units(Protocol *p);
void test_device_paths(Protocol *p);
void test_addresses(Protocol *p);
void test_packets(Protocol *p);
void test_lengths(Protocol *p);
void test_sense(Protocol *p);
void test_events(Protocol *p);
void test_timeouts(Protocol *p);
void test_data(Protocol *p);
void test_resets(Protocol *p);
void test_dead_adapter(EFI_HANDLE controller, Protocol *p);
void test_names(EFI_HANDLE controller);
void test_connecting(EFI_HANDLE controller);
void test_unload(EFI_HANDLE *controllers, UINTN count);
void test_exit(EFI_HANDLE controller, EFI_SYSTEM_TABLE *system_table);

#endif /* TESTS_BOOT_EFI_TEST_H */
