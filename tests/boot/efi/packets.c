/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: good and bad packets
 */

#include "efi-test.h"

#define FOREVER 0

Target make_target(UINT8 id)
{
    return (Target) { { id } };
}

Packet make_packet(UINT8 *cdb, UINT8 cdb_len, void *data, UINT32 len)
{
    return (Packet) {
        .Timeout = 30 * SECOND,
        .InDataBuffer = data,
        .InTransferLength = len,
        .Cdb = cdb,
        .CdbLength = cdb_len,
    };
}

EFI_STATUS pass(Protocol *p, UINT8 id, UINT64 lun, Packet *packet)
{
    Target target = make_target(id);

    return p->PassThru(p, target.bytes, lun, packet, NULL);
}

EFI_STATUS inquire(Protocol *p, UINT8 id, UINT64 lun)
{
    UINT8 data[36];
    UINT8 cdb[6] = { INQUIRY, [4] = sizeof(data) };
    Packet packet = make_packet(cdb, sizeof(cdb), data, sizeof(data));

    return pass(p, id, lun, &packet);
}

void test_addresses(Protocol *p)
{
    UINT8 cdb[6] = { TEST_UNIT_READY };
    Packet packet = make_packet(cdb, sizeof(cdb), NULL, 0);
    Target target = make_target(DISK);

    begin("addresses");
    check_equal(inquire(p, DISK, 0), EFI_SUCCESS, "a device");
    check_equal(inquire(p, ADAPTER_ID, 0), EFI_INVALID_PARAMETER,
                "the adapter itself");
    check_equal(inquire(p, 16, 0), EFI_INVALID_PARAMETER, "target 16");
    check_equal(inquire(p, DISK, 32), EFI_INVALID_PARAMETER, "unit 32");
    check_equal(inquire(p, DISK, 1ull << 40), EFI_INVALID_PARAMETER,
                "unit 1 << 40");
    check_equal(p->PassThru(p, NULL, 0, &packet, NULL), EFI_INVALID_PARAMETER,
                "no target");
    target.bytes[TARGET_MAX_BYTES - 1] = 1;
    check_equal(p->PassThru(p, target.bytes, 0, &packet, NULL),
                EFI_INVALID_PARAMETER, "a target of more than a byte");

    check_equal(pass(p, ABSENT, 0, &packet), EFI_TIMEOUT, "an absent target");
    check_equal(packet.HostAdapterStatus,
                EFI_EXT_SCSI_STATUS_HOST_ADAPTER_SELECTION_TIMEOUT,
                "the adapter's status for it");
    /* Its target answers, with a qualifier that says that it is missing. */
    check_equal(inquire(p, UNITS, 1), EFI_SUCCESS, "an absent unit");
}

static EFI_STATUS with_cdb_length(Protocol *p, UINT8 len)
{
    UINT8 cdb[32] = { TEST_UNIT_READY };
    Packet packet = make_packet(cdb, len, NULL, 0);

    return pass(p, DISK, 0, &packet);
}

static EFI_STATUS with_direction(Protocol *p, UINT8 direction, UINT32 in_len,
                                 UINT32 out_len)
{
    UINT8 cdb[6] = { INQUIRY, [4] = 36 };
    UINT8 data[36];
    Packet packet = make_packet(cdb, sizeof(cdb), data, in_len);

    packet.OutDataBuffer = data;
    packet.OutTransferLength = out_len;
    packet.DataDirection = direction;
    return pass(p, DISK, 0, &packet);
}

void test_packets(Protocol *p)
{
    UINT8 cdb[6] = { INQUIRY, [4] = 36 };
    Packet packet = make_packet(cdb, sizeof(cdb), NULL, 36);
    Target target = make_target(DISK);

    begin("packets");
    check_equal(p->PassThru(p, target.bytes, 0, NULL, NULL),
                EFI_INVALID_PARAMETER, "no packet");
    check_equal(pass(p, DISK, 0, &packet), EFI_INVALID_PARAMETER,
                "no buffer to read to");
    packet.InTransferLength = 0;
    packet.OutTransferLength = 36;
    packet.DataDirection = EFI_EXT_SCSI_DATA_DIRECTION_WRITE;
    check_equal(pass(p, DISK, 0, &packet), EFI_INVALID_PARAMETER,
                "no buffer to write from");
    packet = make_packet(NULL, sizeof(cdb), NULL, 0);
    check_equal(pass(p, DISK, 0, &packet), EFI_INVALID_PARAMETER, "no CDB");

    check_equal(with_cdb_length(p, 0), EFI_INVALID_PARAMETER, "CDB of 0 bytes");
    check_equal(with_cdb_length(p, 5), EFI_INVALID_PARAMETER, "CDB of 5 bytes");
    check_equal(with_cdb_length(p, 6), EFI_SUCCESS, "CDB of 6 bytes");
    check_equal(with_cdb_length(p, 16), EFI_SUCCESS, "CDB of 16 bytes");
    check_equal(with_cdb_length(p, 17), EFI_UNSUPPORTED, "CDB of 17 bytes");

    check_equal(with_direction(p, EFI_EXT_SCSI_DATA_DIRECTION_READ, 36, 0),
                EFI_SUCCESS, "data in");
    check_equal(with_direction(p, EFI_EXT_SCSI_DATA_DIRECTION_BIDIRECTIONAL,
                               36, 36), EFI_UNSUPPORTED, "both directions");
    check_equal(with_direction(p, EFI_EXT_SCSI_DATA_DIRECTION_READ, 36, 36),
                EFI_UNSUPPORTED, "data in and out");
    check_equal(with_direction(p, EFI_EXT_SCSI_DATA_DIRECTION_READ, 0, 36),
                EFI_INVALID_PARAMETER, "data in with a length for out");
    check_equal(with_direction(p, EFI_EXT_SCSI_DATA_DIRECTION_WRITE, 36, 0),
                EFI_INVALID_PARAMETER, "data out with a length for in");
    check_equal(with_direction(p, 3, 36, 0), EFI_INVALID_PARAMETER,
                "a direction there is not");
}

static void check_sense(const UINT8 *sense)
{
    check_equal(sense[0] & 0x7f, 0x70, "format of the sense data");
    check_equal(sense[2] & 0xf, 2, "sense key: not ready");
    check_equal(sense[12], 0x3a, "additional sense code: no medium");
}

void test_sense(Protocol *p)
{
    UINT8 cdb[6] = { TEST_UNIT_READY };
    UINT8 sense_cdb[6] = { REQUEST_SENSE, [4] = 18 };
    UINT8 read_cdb[10] = { READ_10, [8] = 1 };
    UINT8 sense[64], data[2048];
    Packet packet = make_packet(cdb, sizeof(cdb), NULL, 0);

    begin("sense");
    packet.SenseData = sense;
    packet.SenseDataLength = sizeof(sense);
    check_equal(pass(p, EMPTY_CD, 0, &packet), EFI_SUCCESS, "not ready");
    check_equal(packet.TargetStatus, 2, "target status: check condition");
    check_equal(packet.HostAdapterStatus, 0, "status of the adapter: fine");
    check_equal(packet.SenseDataLength, 18, "length of the sense data");
    check_sense(sense);

    packet.SenseDataLength = 8;
    sense[8] = 0xa5;
    check_equal(pass(p, EMPTY_CD, 0, &packet), EFI_SUCCESS, "short buffer");
    check_equal(packet.SenseDataLength, 8, "sense data of its length");
    check_equal(sense[8], 0xa5, "what is behind it");

    packet.SenseDataLength = 0;
    check_equal(pass(p, EMPTY_CD, 0, &packet), EFI_SUCCESS, "no buffer");
    check_equal(packet.TargetStatus, 2, "check condition without a buffer");
    packet = make_packet(sense_cdb, sizeof(sense_cdb), sense, 18);
    check_equal(pass(p, EMPTY_CD, 0, &packet), EFI_SUCCESS,
                "the caller's own request for sense data");
    check_sense(sense);

    packet = make_packet(read_cdb, sizeof(read_cdb), data, sizeof(data));
    check_equal(pass(p, EMPTY_CD, 0, &packet), EFI_SUCCESS, "reading");
    check_equal(packet.TargetStatus, 2, "check condition after reading");
    check_equal(packet.InTransferLength, 0, "nothing is read");

    packet = make_packet(cdb, sizeof(cdb), NULL, 0);
    packet.SenseData = sense;
    packet.SenseDataLength = sizeof(sense);
    check_equal(pass(p, DISK, 0, &packet), EFI_SUCCESS, "ready");
    check_equal(packet.TargetStatus, 0, "target status: good");
    check_equal(packet.SenseDataLength, 0, "no sense data");
}

void test_events(Protocol *p)
{
    UINT8 cdb[6] = { TEST_UNIT_READY };
    Packet packet = make_packet(cdb, sizeof(cdb), NULL, 0);
    Target target = make_target(DISK);
    EFI_EVENT event;

    begin("events");
    bs->CreateEvent(0, TPL_CALLBACK, NULL, NULL, &event);
    check_equal(p->PassThru(p, target.bytes, 0, &packet, event), EFI_SUCCESS,
                "a command with an event");
    check_equal(bs->CheckEvent(event), EFI_SUCCESS, "the event is signalled");
    target = make_target(ABSENT);
    check_equal(p->PassThru(p, target.bytes, 0, &packet, event), EFI_TIMEOUT,
                "a command that fails");
    check_equal(bs->CheckEvent(event), EFI_NOT_READY, "its event is not");
    bs->CloseEvent(event);
}

static EFI_STATUS read_slowly(Protocol *p, Packet *packet, UINT64 timeout)
{
    packet->Timeout = timeout;
    packet->InTransferLength = MIB;
    return pass(p, SLOW, 0, packet);
}

/* The slow disk waits before it reads when it has just done so. */
void test_timeouts(Protocol *p)
{
    UINT8 cdb[10] = { READ_10, [7] = MIB / 512 >> 8 };
    EFI_PHYSICAL_ADDRESS buffer = 0;
    Packet packet;

    begin("timeouts");
    bs->AllocatePages(AllocateAnyPages, EfiBootServicesData, MIB / 4096,
                      &buffer);
    packet = make_packet(cdb, sizeof(cdb), (void *)(UINTN)buffer, MIB);
    check_equal(read_slowly(p, &packet, FOREVER), EFI_SUCCESS, "no limit");
    check_equal(read_slowly(p, &packet, SECOND / 2), EFI_TIMEOUT,
                "not enough time");
    check_equal(packet.HostAdapterStatus,
                EFI_EXT_SCSI_STATUS_HOST_ADAPTER_TIMEOUT_COMMAND,
                "the adapter's status for it");
    check_equal(packet.InTransferLength, 0, "its length");
    check_equal(inquire(p, SLOW, 0), EFI_SUCCESS, "the disk answers again");
    check_equal(inquire(p, DISK, 0), EFI_SUCCESS, "so do the others");

    check_equal(read_slowly(p, &packet, FOREVER), EFI_SUCCESS, "patience");
    check_equal(packet.InTransferLength, MIB, "what it brings");
    bs->FreePages(buffer, MIB / 4096);
}
