/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: data and their lengths
 */

#include "efi-test.h"

#define BLOCK           512
#define LONG_TRANSFER   (4 * MIB)
#define GUARD           0xa5

static void test_underrun(Protocol *p)
{
    UINT8 data[0x104];
    UINT8 inquiry[6] = { INQUIRY, [3] = sizeof(data) >> 8,
                         [4] = sizeof(data) & 0xff };
    UINT8 pages[6] = { INQUIRY, 1, [4] = 0xff };
    UINT8 luns[12] = { REPORT_LUNS, [9] = 0x80 };
    UINT8 mode[6] = { MODE_SENSE, [2] = 0x3f, [4] = 0xff };
    Packet packet = make_packet(inquiry, sizeof(inquiry), data, sizeof(data));

    check_equal(pass(p, DISK, 0, &packet), EFI_SUCCESS, "INQUIRY");
    check(packet.InTransferLength < sizeof(data), "it is short");
    check_equal(packet.InTransferLength, data[4] + 5, "its length");
    check_equal(packet.HostAdapterStatus, 0, "that is no error");

    packet = make_packet(pages, sizeof(pages), data, sizeof(data));
    check_equal(pass(p, DISK, 0, &packet), EFI_SUCCESS, "INQUIRY of pages");
    check_equal(packet.InTransferLength, data[3] + 4, "its length");

    /* Three units */
    packet = make_packet(luns, sizeof(luns), data, sizeof(data));
    check_equal(pass(p, UNITS, 0, &packet), EFI_SUCCESS, "REPORT LUNS");
    check_equal(packet.InTransferLength, 8 + 3 * 8, "its length");

    packet = make_packet(mode, sizeof(mode), data, sizeof(data));
    check_equal(pass(p, DISK, 0, &packet), EFI_SUCCESS, "MODE SENSE");
    check_equal(packet.InTransferLength, data[0] + 1, "its length");

    inquiry[3] = 0;
    inquiry[4] = 10;
    packet = make_packet(inquiry, sizeof(inquiry), data, sizeof(data));
    check_equal(pass(p, DISK, 0, &packet), EFI_SUCCESS, "INQUIRY of 10 bytes");
    check_equal(packet.InTransferLength, 10, "its length");
}

static void test_overrun(Protocol *p)
{
    UINT8 data[36];
    UINT8 cdb[6] = { INQUIRY, [4] = sizeof(data) };
    Packet packet = make_packet(cdb, sizeof(cdb), data, 20);

    data[19] = data[20] = GUARD;
    check_equal(pass(p, DISK, 0, &packet), EFI_DEVICE_ERROR, "short buffer");
    check_equal(packet.HostAdapterStatus,
                EFI_EXT_SCSI_STATUS_HOST_ADAPTER_DATA_OVERRUN_UNDERRUN,
                "the adapter's status for it");
    check_equal(packet.InTransferLength, 20, "how much there is");
    check(data[19] != GUARD, "the buffer is full");
    check_equal(data[20], GUARD, "what is behind it");
}

static void test_longest(Protocol *p, UINT32 limit)
{
    UINT8 cdb[10] = { READ_10, [7] = limit / BLOCK >> 8, [8] = limit / BLOCK };
    EFI_PHYSICAL_ADDRESS buffer;
    Packet packet;

    check_equal(bs->AllocatePages(AllocateAnyPages, EfiBootServicesData,
                                  limit / 4096, &buffer),
                EFI_SUCCESS, "memory for the longest transfer");
    packet = make_packet(cdb, sizeof(cdb), (void *)(UINTN)buffer, limit);
    check_equal(pass(p, SCRATCH, 0, &packet), EFI_SUCCESS,
                "the longest transfer");
    check_equal(packet.TargetStatus, 0, "its status");
    check_equal(packet.InTransferLength, limit, "its length");
    bs->FreePages(buffer, limit / 4096);
}

static void test_too_long(Protocol *p)
{
    UINT8 cdb[10] = { READ_10 };
    UINT8 data[BLOCK];
    Packet packet = make_packet(cdb, sizeof(cdb), data, 0x7fffffff);
    UINT32 limit;

    check_equal(pass(p, SCRATCH, 0, &packet), EFI_BAD_BUFFER_SIZE,
                "2 GiB are too long");
    limit = packet.InTransferLength;
    check(limit >= LONG_TRANSFER && limit % 65536 == 0, "the limit for in");
    packet.InTransferLength = limit + 1;
    check_equal(pass(p, SCRATCH, 0, &packet), EFI_BAD_BUFFER_SIZE,
                "a byte too long");
    packet.InTransferLength = 0;
    packet.OutDataBuffer = data;
    packet.OutTransferLength = limit + 1;
    packet.DataDirection = EFI_EXT_SCSI_DATA_DIRECTION_WRITE;
    check_equal(pass(p, SCRATCH, 0, &packet), EFI_BAD_BUFFER_SIZE,
                "a byte too long, out");
    check_equal(packet.OutTransferLength, limit, "the limit for out");
    test_longest(p, limit);
}

void test_lengths(Protocol *p)
{
    begin("lengths");
    test_underrun(p);
    test_overrun(p);
    test_too_long(p);
}

static EFI_STATUS transfer(Protocol *p, UINT8 opcode, UINT32 lba, void *data,
                           UINT32 len)
{
    UINT8 cdb[10] = {
        opcode,
        [2] = lba >> 24, [3] = lba >> 16, [4] = lba >> 8, [5] = lba,
        [7] = len / BLOCK >> 8, [8] = len / BLOCK,
    };
    Packet packet = make_packet(cdb, sizeof(cdb), data, len);
    EFI_STATUS status;

    if (opcode == WRITE_10) {
        packet.InTransferLength = 0;
        packet.OutDataBuffer = data;
        packet.OutTransferLength = len;
        packet.DataDirection = EFI_EXT_SCSI_DATA_DIRECTION_WRITE;
    }
    status = pass(p, SCRATCH, 0, &packet);
    if (!EFI_ERROR(status) &&
        (packet.TargetStatus ||
         packet.InTransferLength + packet.OutTransferLength != len)) {
        status = EFI_ABORTED;
    }
    return status;
}

static void fill(UINT32 *data, UINT32 len, UINT32 seed)
{
    UINT32 i;

    for (i = 0; i < len / 4; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = seed;
    }
}

static BOOLEAN is_filled(const UINT32 *data, UINT32 len, UINT32 seed)
{
    UINT32 i;

    for (i = 0; i < len / 4; i++) {
        seed = seed * 1664525 + 1013904223;
        if (data[i] != seed) {
            return FALSE;
        }
    }
    return TRUE;
}

/* There and back, with a buffer for each way so that nothing is left over */
static void test_round_trip(Protocol *p, void *out, void *in, UINT32 len,
                            const char *what)
{
    static UINT32 seed;

    fill(out, len, ++seed);
    bs->SetMem(in, len, 0);
    check_equal(transfer(p, WRITE_10, 77, out, len), EFI_SUCCESS, what);
    check_equal(transfer(p, READ_10, 77, in, len), EFI_SUCCESS, "and back");
    check(is_filled(in, len, seed), "nothing has changed");
    check(is_filled(out, len, seed), "nor has the source");
}

static void test_read_16(Protocol *p, const void *expected, void *in)
{
    UINT8 cdb[16] = { READ_16, [9] = 77, [13] = 1 };
    Packet packet = make_packet(cdb, sizeof(cdb), in, BLOCK);
    UINT32 i;

    check_equal(pass(p, SCRATCH, 0, &packet), EFI_SUCCESS, "READ(16)");
    check_equal(packet.TargetStatus, 0, "its status");
    for (i = 0; i < BLOCK; i++) {
        if (((UINT8 *)in)[i] != ((const UINT8 *)expected)[i]) {
            break;
        }
    }
    check_equal(i, BLOCK, "equal bytes");
}

/* The adapter reaches 4 GiB: the firmware has to copy what is above. */
static void test_high(Protocol *p)
{
    EFI_PHYSICAL_ADDRESS out = 5ull << 30, in = out + 2 * LONG_TRANSFER;

    if (sizeof(void *) < sizeof(out)) {
        return;
    }
    while (EFI_ERROR(bs->AllocatePages(AllocateAddress, EfiBootServicesData,
                                       3 * LONG_TRANSFER / 4096, &out)) &&
           out > 4ull << 30) {
        out -= LONG_TRANSFER;
    }
    in = out + 2 * LONG_TRANSFER;
    check(out > 4ull << 30, "memory above 4 GiB");
    test_round_trip(p, (void *)(UINTN)out, (void *)(UINTN)in, LONG_TRANSFER,
                    "4 MiB from above 4 GiB");
    test_round_trip(p, (void *)(UINTN)(out + 1), (void *)(UINTN)(in + 3),
                    BLOCK, "a block from above 4 GiB");
}

void test_data(Protocol *p)
{
    EFI_PHYSICAL_ADDRESS out = 0xffffffff, in = 0xffffffff;
    UINT8 *o, *i;

    begin("data");
    bs->AllocatePages(AllocateMaxAddress, EfiBootServicesData,
                      LONG_TRANSFER / 4096 + 1, &out);
    bs->AllocatePages(AllocateMaxAddress, EfiBootServicesData,
                      LONG_TRANSFER / 4096 + 1, &in);
    o = (UINT8 *)(UINTN)out;
    i = (UINT8 *)(UINTN)in;
    test_round_trip(p, o, i, LONG_TRANSFER, "4 MiB");
    test_round_trip(p, o + 1, i + 3, 3 * BLOCK, "from odd addresses");
    test_round_trip(p, o, i, BLOCK, "a block");
    test_read_16(p, o, i);
    test_high(p);
}
