/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: targets, logical units and device paths
 *
 * The host looks whether the right ones are found.
 */

#include "efi-test.h"

static Target first_target(void)
{
    Target target;

    bs->SetMem(&target, sizeof(target), 0xff);
    return target;
}

void test_mode(Protocol *p)
{
    begin("mode");
    check_equal(p->Mode->AdapterId, ADAPTER_ID, "adapter's ID");
    check_equal(p->Mode->Attributes,
                EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_PHYSICAL |
                EFI_EXT_SCSI_PASS_THRU_ATTRIBUTES_LOGICAL, "attributes");
    check(!(p->Mode->IoAlign & (p->Mode->IoAlign - 1)), "alignment");
}

void test_targets(Protocol *p)
{
    Target target = first_target();
    UINT8 *t = target.bytes, *none = NULL;
    BOOLEAN clean = TRUE;
    int i;

    begin("targets");
    put("targets");
    while (!EFI_ERROR(p->GetNextTarget(p, &t))) {
        put(" ");
        put_number(t[0]);
        for (i = 1; i < TARGET_MAX_BYTES; i++) {
            clean = clean && !t[i];
        }
    }
    put("\n");
    check(clean, "all other bytes are 0");
    check_equal(p->GetNextTarget(p, &t), EFI_NOT_FOUND, "after the last");
    target = make_target(ABSENT);
    check_equal(p->GetNextTarget(p, &t), EFI_INVALID_PARAMETER,
                "after an absent one");
    target = make_target(ADAPTER_ID);
    check_equal(p->GetNextTarget(p, &t), EFI_INVALID_PARAMETER,
                "after the adapter");
    target = make_target(200);
    check_equal(p->GetNextTarget(p, &t), EFI_INVALID_PARAMETER, "after 200");
    target = make_target(DISK);
    target.bytes[8] = 0xff;
    check_equal(p->GetNextTarget(p, &t), EFI_INVALID_PARAMETER,
                "after one of many bytes");
    check_equal(p->GetNextTarget(p, &none), EFI_INVALID_PARAMETER, "no array");
    check_equal(p->GetNextTarget(p, NULL), EFI_INVALID_PARAMETER, "no pointer");
}

void test_units(Protocol *p)
{
    Target target = first_target();
    UINT8 *t = target.bytes, *none = NULL;
    UINT64 lun = ~0ull;

    begin("units");
    put("units");
    while (!EFI_ERROR(p->GetNextTargetLun(p, &t, &lun))) {
        put(" ");
        put_number(t[0]);
        put(",");
        put_number(lun);
    }
    put("\n");
    check_equal(p->GetNextTargetLun(p, &t, &lun), EFI_NOT_FOUND,
                "after the last");
    target = make_target(UNITS);
    lun = 1;
    check_equal(p->GetNextTargetLun(p, &t, &lun), EFI_INVALID_PARAMETER,
                "after an absent unit");
    lun = 1ull << 32;
    check_equal(p->GetNextTargetLun(p, &t, &lun), EFI_INVALID_PARAMETER,
                "after unit 1 << 32");
    lun = 0;
    check_equal(p->GetNextTargetLun(p, NULL, &lun), EFI_INVALID_PARAMETER,
                "no pointer");
    check_equal(p->GetNextTargetLun(p, &none, &lun), EFI_INVALID_PARAMETER,
                "no array");
    check_equal(p->GetNextTargetLun(p, &t, NULL), EFI_INVALID_PARAMETER,
                "no unit");
}

static void test_build(Protocol *p)
{
    Target target = make_target(UNITS);
    EFI_DEVICE_PATH *path;

    check_equal(p->BuildDevicePath(p, target.bytes, 0, NULL),
                EFI_INVALID_PARAMETER, "no place for a path");
    check_equal(p->BuildDevicePath(p, NULL, 0, &path), EFI_INVALID_PARAMETER,
                "path of nothing");
    check_equal(p->BuildDevicePath(p, target.bytes, 1, &path), EFI_NOT_FOUND,
                "path of an absent unit");
    target = make_target(ABSENT);
    check_equal(p->BuildDevicePath(p, target.bytes, 0, &path), EFI_NOT_FOUND,
                "path of an absent target");
}

static void test_parse(Protocol *p, SCSI_DEVICE_PATH good)
{
    SCSI_DEVICE_PATH node = good;
    Target target;
    UINT8 *t = target.bytes, *none = NULL;
    UINT64 lun;

    check_equal(p->GetTargetLun(p, NULL, &t, &lun), EFI_INVALID_PARAMETER,
                "no path");
    check_equal(p->GetTargetLun(p, &node.Header, NULL, &lun),
                EFI_INVALID_PARAMETER, "no target");
    check_equal(p->GetTargetLun(p, &node.Header, &none, &lun),
                EFI_INVALID_PARAMETER, "no array");
    check_equal(p->GetTargetLun(p, &node.Header, &t, NULL),
                EFI_INVALID_PARAMETER, "no unit");
    node.Header.SubType = MSG_ATAPI_DP;
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_UNSUPPORTED,
                "path of another kind");
    node = good;
    node.Header.Length[0]--;
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_UNSUPPORTED,
                "path of another length");
    node = good;
    node.Lun = 1;
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_NOT_FOUND,
                "path to an absent unit");
    node.Lun = 0x101f;
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_NOT_FOUND,
                "path to unit 0x101f");
    node = good;
    node.Pun = 0x100 | UNITS;
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_NOT_FOUND,
                "path to target 0x102");
}

void test_device_paths(Protocol *p)
{
    Target target = make_target(UNITS);
    UINT8 *t = target.bytes;
    EFI_DEVICE_PATH *path;
    SCSI_DEVICE_PATH node;
    UINT64 lun = 0;

    begin("device paths");
    test_build(p);
    check_equal(p->BuildDevicePath(p, t, 31, &path), EFI_SUCCESS, "a path");
    node = *(SCSI_DEVICE_PATH *)path;
    check_equal(bs->FreePool(path), EFI_SUCCESS, "it can be freed");
    check_equal(node.Header.Type, MESSAGING_DEVICE_PATH, "its type");
    check_equal(node.Header.SubType, MSG_SCSI_DP, "its subtype");
    check_equal(DevicePathNodeLength(&node.Header), 8, "its length");
    check_equal(node.Pun, UNITS, "its target");
    check_equal(node.Lun, 31, "its unit");
    target = first_target();
    check_equal(p->GetTargetLun(p, &node.Header, &t, &lun), EFI_SUCCESS,
                "and back");
    check_equal(t[0], UNITS, "the target again");
    check_equal(t[1], 0, "and nothing else");
    check_equal(lun, 31, "the unit again");
    test_parse(p, node);
}
