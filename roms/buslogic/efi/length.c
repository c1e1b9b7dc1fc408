/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: how much a target has sent
 *
 * Callers give buffers that are longer than the answer and want to know how
 * long it was, but host command 0x83 does not tell.  The answers themselves
 * do, in a field at a place that depends on the command.
 */

#include "buslogic-efi.h"

#define SERVICE_ACTION_MASK     0x1f
#define ANY                     0xff

/* Offsets and widths are in bytes; numbers in CDB and data are BE. */
typedef struct Answer {
    UINT8 opcode;
    UINT8 action;               /* CDB byte 1, or ANY */
    UINT8 alloc_offset;         /* allocation length in the CDB */
    UINT8 alloc_width;          /* 0 if there is none */
    UINT8 len_offset;           /* length in the data */
    UINT8 len_width;            /* 0 if the length is fixed */
    UINT8 add;                  /* bytes that the length does not count */
} Answer;

static const Answer answers[] = {
    { 0x03, ANY,  4, 1, 7, 1, 8 },      /* REQUEST SENSE */
    { 0x12, 0x00, 3, 2, 4, 1, 5 },      /* INQUIRY */
    { 0x12, 0x01, 3, 2, 2, 2, 4 },      /* INQUIRY, vital product data */
    { 0x1a, ANY,  4, 1, 0, 1, 1 },      /* MODE SENSE(6) */
    { 0x25, ANY,  0, 0, 0, 0, 8 },      /* READ CAPACITY(10) */
    { 0x43, ANY,  7, 2, 0, 2, 2 },      /* READ TOC/PMA/ATIP */
    { 0x46, ANY,  7, 2, 0, 4, 4 },      /* GET CONFIGURATION */
    { 0x4a, ANY,  7, 2, 0, 2, 2 },      /* GET EVENT STATUS NOTIFICATION */
    { 0x4d, ANY,  7, 2, 2, 2, 4 },      /* LOG SENSE */
    { 0x51, ANY,  7, 2, 0, 2, 2 },      /* READ DISC INFORMATION */
    { 0x5a, ANY,  7, 2, 0, 2, 2 },      /* MODE SENSE(10) */
    { 0x9e, 0x10, 10, 4, 0, 0, 32 },    /* READ CAPACITY(16) */
    { 0xa0, ANY,  6, 4, 0, 4, 8 },      /* REPORT LUNS */
    { 0xad, ANY,  8, 2, 0, 2, 2 },      /* READ DISC STRUCTURE */
};

static const Answer *find_answer(const UINT8 *cdb)
{
    UINTN i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].opcode == cdb[0] &&
            (answers[i].action == ANY ||
             answers[i].action == (cdb[1] & SERVICE_ACTION_MASK))) {
            return &answers[i];
        }
    }
    return NULL;
}

static UINT32 get_be(const UINT8 *p, UINT8 width)
{
    UINT32 value = 0;

    while (width--) {
        value = value << 8 | *p++;
    }
    return value;
}

UINT32 buslogic_answer_length(const UINT8 *cdb, const UINT8 *data, UINT32 len)
{
    const Answer *answer = find_answer(cdb);
    UINT32 n;

    if (!answer) {
        return len;
    }
    if (answer->alloc_width) {
        n = get_be(cdb + answer->alloc_offset, answer->alloc_width);
        len = n < len ? n : len;
    }
    /* The target cannot tell if the answer ends before the field does. */
    if (len >= answer->len_offset + answer->len_width) {
        n = get_be(data + answer->len_offset, answer->len_width);
        if (n < len && n + answer->add < len) {
            len = n + answer->add;
        }
    }
    return len;
}
