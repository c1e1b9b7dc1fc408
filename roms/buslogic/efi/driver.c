/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: entry point and driver model [UEFI 11.1]
 */

#include "buslogic-efi.h"

#define DRIVER_VERSION          0x10
#define PCI_ATTRIBUTES          (EFI_PCI_IO_ATTRIBUTE_IO |                    \
                                 EFI_PCI_IO_ATTRIBUTE_BUS_MASTER)

/* GUIDs are not written to, but the prototypes do not say so. */
#define GUID(name)              ((EFI_GUID *)&(name))

static const EFI_GUID pci_io_guid = EFI_PCI_IO_PROTOCOL_GUID;
static const EFI_GUID pass_thru_guid = EFI_EXT_SCSI_PASS_THRU_PROTOCOL_GUID;
static const EFI_GUID binding_guid = EFI_DRIVER_BINDING_PROTOCOL_GUID;
static const EFI_GUID names_guid = EFI_COMPONENT_NAME_PROTOCOL_GUID;
static const EFI_GUID names2_guid = EFI_COMPONENT_NAME2_PROTOCOL_GUID;
static const EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

EFI_BOOT_SERVICES *boot_services;

static EFI_DRIVER_BINDING_PROTOCOL binding;
static EFI_COMPONENT_NAME_PROTOCOL names;
static EFI_COMPONENT_NAME2_PROTOCOL names2;

static EFI_STATUS open_pci(EFI_HANDLE controller, EFI_PCI_IO **pci)
{
    return boot_services->OpenProtocol(controller, GUID(pci_io_guid),
                                       (void **)pci,
                                       binding.DriverBindingHandle, controller,
                                       EFI_OPEN_PROTOCOL_BY_DRIVER);
}

static void close_pci(EFI_HANDLE controller)
{
    boot_services->CloseProtocol(controller, GUID(pci_io_guid),
                                 binding.DriverBindingHandle, controller);
}

BOOLEAN buslogic_is_managed(EFI_HANDLE controller)
{
    EFI_PCI_IO *pci;
    EFI_STATUS status = open_pci(controller, &pci);

    if (!EFI_ERROR(status)) {
        close_pci(controller);
    }
    return status == EFI_ALREADY_STARTED;
}

static EFI_STATUS EFIAPI driver_supported(EFI_DRIVER_BINDING_PROTOCOL *this,
                                          EFI_HANDLE controller,
                                          EFI_DEVICE_PATH *remaining)
{
    UINT32 id = 0;
    EFI_PCI_IO *pci;
    EFI_STATUS status = open_pci(controller, &pci);

    if (EFI_ERROR(status)) {
        return status;
    }
    status = pci->Pci.Read(pci, EfiPciIoWidthUint32, 0, 1, &id);
    close_pci(controller);
    if (!EFI_ERROR(status) && id != (BUSLOGIC_PCI_VENDOR_ID |
                                     BUSLOGIC_PCI_DEVICE_ID << 16)) {
        status = EFI_UNSUPPORTED;
    }
    return status;
}

/* Switches the PCI function on and finds out what is behind it. */
static EFI_STATUS start_adapter(BuslogicAdapter *a)
{
    EFI_STATUS status;

    status = a->pci->Attributes(a->pci, EfiPciIoAttributeOperationGet, 0,
                                &a->pci_attributes);
    if (EFI_ERROR(status)) {
        return status;
    }
    status = a->pci->Attributes(a->pci, EfiPciIoAttributeOperationEnable,
                                PCI_ATTRIBUTES, NULL);
    if (!EFI_ERROR(status)) {
        status = buslogic_reset(a);
    }
    if (!EFI_ERROR(status)) {
        status = buslogic_scan(a);
    }
    if (EFI_ERROR(status)) {
        a->pci->Attributes(a->pci, EfiPciIoAttributeOperationSet,
                           a->pci_attributes, NULL);
    }
    return status;
}

static void stop_adapter(BuslogicAdapter *a)
{
    a->pci->Attributes(a->pci, EfiPciIoAttributeOperationSet,
                       a->pci_attributes, NULL);
}

static EFI_STATUS EFIAPI driver_start(EFI_DRIVER_BINDING_PROTOCOL *this,
                                      EFI_HANDLE controller,
                                      EFI_DEVICE_PATH *remaining)
{
    BuslogicAdapter *a;
    EFI_PCI_IO *pci;
    EFI_STATUS status = open_pci(controller, &pci);

    if (EFI_ERROR(status)) {
        return status;
    }
    status = boot_services->AllocatePool(EfiBootServicesData, sizeof(*a),
                                         (void **)&a);
    if (EFI_ERROR(status)) {
        goto out_close;
    }
    boot_services->SetMem(a, sizeof(*a), 0);
    a->pci = pci;
    buslogic_pass_thru_init(a);
    status = start_adapter(a);
    if (EFI_ERROR(status)) {
        goto out_free;
    }
    status = boot_services->InstallProtocolInterface(
        &controller, GUID(pass_thru_guid), EFI_NATIVE_INTERFACE,
        &a->pass_thru);
    if (EFI_ERROR(status)) {
        goto out_stop;
    }
    return EFI_SUCCESS;

out_stop:
    stop_adapter(a);
out_free:
    boot_services->FreePool(a);
out_close:
    close_pci(controller);
    return status;
}

static EFI_STATUS EFIAPI driver_stop(EFI_DRIVER_BINDING_PROTOCOL *this,
                                     EFI_HANDLE controller, UINTN num_children,
                                     EFI_HANDLE *children)
{
    EFI_EXT_SCSI_PASS_THRU_PROTOCOL *pass_thru;
    EFI_STATUS status;

    status = boot_services->OpenProtocol(controller, GUID(pass_thru_guid),
                                         (void **)&pass_thru,
                                         binding.DriverBindingHandle,
                                         controller,
                                         EFI_OPEN_PROTOCOL_GET_PROTOCOL);
    if (EFI_ERROR(status)) {
        return status;
    }
    /* This fails if somebody does not let go of the devices. */
    status = boot_services->UninstallProtocolInterface(
        controller, GUID(pass_thru_guid), pass_thru);
    if (EFI_ERROR(status)) {
        return status;
    }
    stop_adapter(to_adapter(pass_thru));
    boot_services->FreePool(to_adapter(pass_thru));
    close_pci(controller);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI driver_unload(EFI_HANDLE image)
{
    EFI_HANDLE *handles;
    EFI_STATUS status;
    UINTN i, count;

    status = boot_services->LocateHandleBuffer(ByProtocol, GUID(pci_io_guid),
                                               NULL, &count, &handles);
    if (!EFI_ERROR(status)) {
        for (i = 0; i < count && !EFI_ERROR(status); i++) {
            if (buslogic_is_managed(handles[i])) {
                status = boot_services->DisconnectController(handles[i], image,
                                                             NULL);
            }
        }
        boot_services->FreePool(handles);
        if (EFI_ERROR(status)) {
            return status;
        }
    }
    return boot_services->UninstallMultipleProtocolInterfaces(
        image, GUID(binding_guid), &binding, GUID(names_guid), &names,
        GUID(names2_guid), &names2, NULL);
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_LOADED_IMAGE *loaded_image;
    EFI_STATUS status;

    boot_services = system_table->BootServices;
    status = boot_services->OpenProtocol(image, GUID(loaded_image_guid),
                                         (void **)&loaded_image, image, NULL,
                                         EFI_OPEN_PROTOCOL_GET_PROTOCOL);
    if (EFI_ERROR(status)) {
        return status;
    }
    loaded_image->Unload = driver_unload;

    binding.Supported = driver_supported;
    binding.Start = driver_start;
    binding.Stop = driver_stop;
    binding.Version = DRIVER_VERSION;
    binding.ImageHandle = image;
    binding.DriverBindingHandle = image;
    buslogic_names_init(&names, &names2);
    return boot_services->InstallMultipleProtocolInterfaces(
        &image, GUID(binding_guid), &binding, GUID(names_guid), &names,
        GUID(names2_guid), &names2, NULL);
}
