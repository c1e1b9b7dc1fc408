/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: names for people [UEFI 11.5]
 *
 * EFI_COMPONENT_NAME_PROTOCOL and EFI_COMPONENT_NAME2_PROTOCOL differ in
 * nothing but how they name languages.  The functions here serve both.
 */

#include "buslogic-efi.h"

static const CHAR16 driver_name[] = L"BusLogic SCSI Driver";
static const CHAR16 controller_name[] = L"BusLogic BT-958 SCSI Host Adapter";
static const CHAR8 language_iso639[] = "eng";
static const CHAR8 language_rfc4646[] = "en";

static EFI_STATUS check_language(EFI_COMPONENT_NAME2_PROTOCOL *this,
                                 const CHAR8 *language)
{
    const CHAR8 *supported = this->SupportedLanguages;

    if (!language) {
        return EFI_INVALID_PARAMETER;
    }
    while (*supported && *supported == *language) {
        supported++;
        language++;
    }
    return *supported == *language ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI get_driver_name(EFI_COMPONENT_NAME2_PROTOCOL *this,
                                         CHAR8 *language, CHAR16 **name)
{
    EFI_STATUS status = name ? check_language(this, language)
                             : EFI_INVALID_PARAMETER;

    if (!EFI_ERROR(status)) {
        *name = (CHAR16 *)driver_name;
    }
    return status;
}

static EFI_STATUS EFIAPI get_controller_name(EFI_COMPONENT_NAME2_PROTOCOL *this,
                                             EFI_HANDLE controller,
                                             EFI_HANDLE child, CHAR8 *language,
                                             CHAR16 **name)
{
    EFI_STATUS status = name && controller ? check_language(this, language)
                                           : EFI_INVALID_PARAMETER;

    if (EFI_ERROR(status)) {
        return status;
    }
    /* The children are not ours but those of the firmware's SCSI bus driver. */
    if (child || !buslogic_is_managed(controller)) {
        return EFI_UNSUPPORTED;
    }
    *name = (CHAR16 *)controller_name;
    return EFI_SUCCESS;
}

void buslogic_names_init(EFI_COMPONENT_NAME_PROTOCOL *names,
                         EFI_COMPONENT_NAME2_PROTOCOL *names2)
{
    names2->GetDriverName = get_driver_name;
    names2->GetControllerName = get_controller_name;
    names2->SupportedLanguages = (CHAR8 *)language_rfc4646;
    names->GetDriverName = (EFI_COMPONENT_NAME_GET_DRIVER_NAME)get_driver_name;
    names->GetControllerName =
        (EFI_COMPONENT_NAME_GET_CONTROLLER_NAME)get_controller_name;
    names->SupportedLanguages = (CHAR8 *)language_iso639;
}
