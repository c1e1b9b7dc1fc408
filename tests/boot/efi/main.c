/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: entry point
 */

#include "efi-test.h"
#include "hw/scsi/buslogic-regs.h"

const EFI_GUID pass_thru_guid = EFI_EXT_SCSI_PASS_THRU_PROTOCOL_GUID;
const EFI_GUID pci_io_guid = EFI_PCI_IO_PROTOCOL_GUID;

EFI_BOOT_SERVICES *bs;
EFI_HANDLE image_handle;

static void test_protocol(Protocol *p)
{
    test_mode(p);
    test_targets(p);
    test_units(p);
    test_device_paths(p);
    test_addresses(p);
    test_packets(p);
    test_lengths(p);
    test_sense(p);
    test_events(p);
    test_data(p);
    test_resets(p);
    test_timeouts(p);
}

/* It is enough to see what is behind each of them. */
static void test_several(EFI_HANDLE *controllers, UINTN count)
{
    Protocol *p;
    UINTN i;

    for (i = 0; i < count; i++) {
        bs->HandleProtocol(controllers[i], GUID(pass_thru_guid), (void **)&p);
        test_units(p);
    }
    test_unload(controllers, count);
    put("DONE\n");
}

static BOOLEAN is_buslogic(EFI_HANDLE controller)
{
    UINT32 id = 0;
    EFI_PCI_IO *pci;

    bs->HandleProtocol(controller, GUID(pci_io_guid), (void **)&pci);
    pci->Pci.Read(pci, EfiPciIoWidthUint32, 0, 1, &id);
    return id == (BUSLOGIC_PCI_VENDOR_ID | BUSLOGIC_PCI_DEVICE_ID << 16);
}

/* Connects the adapters, as OVMF does this only for those it boots from. */
static UINTN find_adapters(EFI_HANDLE **controllers)
{
    UINTN i, found = 0, count = 0;

    bs->LocateHandleBuffer(ByProtocol, GUID(pci_io_guid), NULL, &count,
                           controllers);
    for (i = 0; i < count; i++) {
        if (is_buslogic((*controllers)[i])) {
            bs->ConnectController((*controllers)[i], NULL, NULL, TRUE);
            (*controllers)[found++] = (*controllers)[i];
        }
    }
    return found;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_HANDLE *controllers;
    UINTN count;
    Protocol *p;

    bs = system_table->BootServices;
    image_handle = image;
    put("\n");          /* the firmware may be amid a line */
    count = find_adapters(&controllers);
    if (count == 1) {
        bs->HandleProtocol(controllers[0], GUID(pass_thru_guid), (void **)&p);
        test_protocol(p);
        test_dead_adapter(controllers[0], p);
        test_names(controllers[0]);
        test_connecting(controllers[0]);
        test_exit(controllers[0], system_table);
    }
    test_several(controllers, count);
    return EFI_SUCCESS;
}
