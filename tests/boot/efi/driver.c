/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Test of the EFI driver: resets, driver model, and the end of boot services
 */

#include "efi-test.h"

#define PCI_BAR0            0x10

static const EFI_GUID names2_guid = EFI_COMPONENT_NAME2_PROTOCOL_GUID;
static const EFI_GUID names_guid = EFI_COMPONENT_NAME_PROTOCOL_GUID;

static EFI_PCI_IO *pci_of(EFI_HANDLE controller)
{
    EFI_PCI_IO *pci = NULL;

    bs->HandleProtocol(controller, GUID(pci_io_guid), (void **)&pci);
    return pci;
}

static BOOLEAN has_protocol(EFI_HANDLE controller)
{
    Protocol *p;

    return !EFI_ERROR(bs->HandleProtocol(controller, GUID(pass_thru_guid),
                                         (void **)&p));
}

/* The handle of the driver that manages the controller */
static EFI_HANDLE driver_of(EFI_HANDLE controller)
{
    EFI_OPEN_PROTOCOL_INFORMATION_ENTRY *users;
    EFI_HANDLE agent = NULL;
    UINTN i, count = 0;

    bs->OpenProtocolInformation(controller, GUID(pci_io_guid), &users, &count);
    for (i = 0; i < count; i++) {
        if (users[i].Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) {
            agent = users[i].AgentHandle;
        }
    }
    bs->FreePool(users);
    return agent;
}

void test_resets(Protocol *p)
{
    Target target = make_target(UNITS);

    begin("resets");
    check_equal(p->ResetChannel(p), EFI_SUCCESS, "reset of the bus");
    check_equal(inquire(p, DISK, 0), EFI_SUCCESS, "a disk after it");
    check_equal(p->ResetTargetLun(p, target.bytes, 0), EFI_UNSUPPORTED,
                "reset of a target");
    check_equal(inquire(p, UNITS, 0), EFI_SUCCESS, "the target after it");
    check_equal(p->ResetTargetLun(p, target.bytes, 32), EFI_INVALID_PARAMETER,
                "reset of unit 32");
    check_equal(p->ResetTargetLun(p, NULL, 0), EFI_INVALID_PARAMETER,
                "reset of nothing");
    target = make_target(ADAPTER_ID);
    check_equal(p->ResetTargetLun(p, target.bytes, 0), EFI_INVALID_PARAMETER,
                "reset of the adapter");
}

/* Without I/O decoding, all registers read 0xff, as those of no device do. */
void test_dead_adapter(EFI_HANDLE controller, Protocol *p)
{
    EFI_PCI_IO *pci = pci_of(controller);
    UINT8 cdb[6] = { TEST_UNIT_READY };
    Packet packet = make_packet(cdb, sizeof(cdb), NULL, 0);

    begin("dead adapter");
    pci->Attributes(pci, EfiPciIoAttributeOperationDisable,
                    EFI_PCI_IO_ATTRIBUTE_IO, NULL);
    packet.Timeout = 0;
    check_equal(pass(p, DISK, 0, &packet), EFI_DEVICE_ERROR,
                "a command without a limit ends");
    check_equal(packet.HostAdapterStatus,
                EFI_EXT_SCSI_STATUS_HOST_ADAPTER_OTHER, "its status");
    check_equal(p->ResetChannel(p), EFI_DEVICE_ERROR, "so does a reset");
    pci->Attributes(pci, EfiPciIoAttributeOperationEnable,
                    EFI_PCI_IO_ATTRIBUTE_IO, NULL);
    check_equal(inquire(p, DISK, 0), EFI_SUCCESS, "it works when it is back");
}

static BOOLEAN begins_with(const CHAR16 *text, const char *prefix)
{
    while (*prefix && *text == (CHAR16)*prefix) {
        text++;
        prefix++;
    }
    return !*prefix;
}

void test_names(EFI_HANDLE controller)
{
    EFI_HANDLE driver = driver_of(controller);
    EFI_COMPONENT_NAME2_PROTOCOL *names;
    EFI_COMPONENT_NAME_PROTOCOL *old_names;
    CHAR16 *name;

    begin("names");
    check_equal(bs->HandleProtocol(driver, GUID(names2_guid), (void **)&names),
                EFI_SUCCESS, "the driver has names");
    check_equal(names->GetDriverName(names, (CHAR8 *)"en", &name), EFI_SUCCESS,
                "a name of the driver");
    check(begins_with(name, "BusLogic SCSI Driver"), "the right one");
    check_equal(names->GetControllerName(names, controller, NULL,
                                         (CHAR8 *)"en", &name),
                EFI_SUCCESS, "a name of the adapter");
    check(begins_with(name, "BusLogic BT-958 SCSI Host Adapter"),
          "the right one");
    check_equal(names->GetDriverName(names, (CHAR8 *)"tlh", &name),
                EFI_UNSUPPORTED, "a foreign language");
    check_equal(names->GetDriverName(names, (CHAR8 *)"e", &name),
                EFI_UNSUPPORTED, "part of a language");
    check_equal(names->GetDriverName(names, (CHAR8 *)"eng", &name),
                EFI_UNSUPPORTED, "more than the language");
    check_equal(names->GetDriverName(names, NULL, &name),
                EFI_INVALID_PARAMETER, "no language");
    check_equal(names->GetDriverName(names, (CHAR8 *)"en", NULL),
                EFI_INVALID_PARAMETER, "no place for the name");
    check_equal(names->GetControllerName(names, NULL, NULL, (CHAR8 *)"en",
                                         &name),
                EFI_INVALID_PARAMETER, "no adapter");
    check_equal(names->GetControllerName(names, driver, NULL, (CHAR8 *)"en",
                                         &name),
                EFI_UNSUPPORTED, "something else than an adapter");
    check_equal(names->GetControllerName(names, controller, driver,
                                         (CHAR8 *)"en", &name),
                EFI_UNSUPPORTED, "a child");

    check_equal(bs->HandleProtocol(driver, GUID(names_guid),
                                   (void **)&old_names),
                EFI_SUCCESS, "names of the older kind");
    check_equal(old_names->GetDriverName(old_names, (CHAR8 *)"eng", &name),
                EFI_SUCCESS, "their language");
}

/*
 * The firmware may have enabled everything before.  Whether the driver restores
 * what it has found is seen when nothing is enabled.
 */
void test_connecting(EFI_HANDLE controller)
{
    EFI_PCI_IO *pci = pci_of(controller);
    UINT64 attributes = ~0ull;
    Protocol *p;
    int i;

    begin("connecting");
    for (i = 0; i < 3; i++) {
        check_equal(bs->DisconnectController(controller, NULL, NULL),
                    EFI_SUCCESS, "disconnect");
        check(!has_protocol(controller), "the protocol has gone");
        check(!driver_of(controller), "the driver has let go");
        pci->Attributes(pci, EfiPciIoAttributeOperationSet, 0, NULL);
        check_equal(bs->ConnectController(controller, NULL, NULL, TRUE),
                    EFI_SUCCESS, "connect");
        check(has_protocol(controller), "the protocol is back");
        bs->HandleProtocol(controller, GUID(pass_thru_guid), (void **)&p);
        check_equal(inquire(p, SCRATCH, 0), EFI_SUCCESS, "and works");
    }
    bs->DisconnectController(controller, NULL, NULL);
    pci->Attributes(pci, EfiPciIoAttributeOperationGet, 0, &attributes);
    check_equal(attributes, 0, "the adapter is switched off again");
    bs->ConnectController(controller, NULL, NULL, TRUE);
}

/* Each adapter has brought its own copy of the driver, in its own ROM. */
void test_unload(EFI_HANDLE *controllers, UINTN count)
{
    EFI_HANDLE driver;
    UINTN i;

    begin("unload");
    for (i = 0; i < count; i++) {
        driver = driver_of(controllers[i]);
        check(driver != NULL, "there is a driver");
        check_equal(bs->UnloadImage(driver), EFI_SUCCESS, "unload it");
        check(!has_protocol(controllers[i]), "the protocol has gone");
        check(!driver_of(controllers[i]), "the driver has let go");
    }
    for (i = 0; i < count; i++) {
        bs->ConnectController(controllers[i], NULL, NULL, TRUE);
        check(!has_protocol(controllers[i]), "nobody else provides it");
    }
}

static UINT8 in_byte(UINT16 port)
{
    UINT8 value;

    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static EFI_STATUS exit_boot_services(void)
{
    static UINT8 map[32768];
    EFI_STATUS status = EFI_INVALID_PARAMETER;
    UINTN size, key, descriptor_size;
    UINT32 version;
    int i;

    /* The map may have changed by the time of the first call. */
    for (i = 0; i < 2 && EFI_ERROR(status); i++) {
        size = sizeof(map);
        status = bs->GetMemoryMap(&size, (EFI_MEMORY_DESCRIPTOR *)map, &key,
                                  &descriptor_size, &version);
        if (!EFI_ERROR(status)) {
            status = bs->ExitBootServices(image_handle, key);
        }
    }
    return status;
}

void test_exit(EFI_HANDLE controller, EFI_SYSTEM_TABLE *system_table)
{
    EFI_PCI_IO *pci = pci_of(controller);
    UINT16 base = 0;

    begin("exit");
    pci->Pci.Read(pci, EfiPciIoWidthUint16, PCI_BAR0, 1, &base);
    base &= ~3;
    check_equal(exit_boot_services(), EFI_SUCCESS, "exit boot services");
    check_equal(in_byte(base), 0x30, "the adapter is idle");
    check_equal(in_byte(base + 2), 0, "and has no interrupt pending");
    put("DONE\n");
    system_table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS,
                                               0, NULL);
}
