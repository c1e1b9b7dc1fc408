/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic UEFI driver: how much a target has sent
 */

#ifndef ROMS_BUSLOGIC_EFI_LENGTH_H
#define ROMS_BUSLOGIC_EFI_LENGTH_H

#include <stdint.h>

/*
 * How many bytes of @data a target has sent in answer to the CDB, which has its
 * full length.  @len is the size of the buffer, and the result for data that do
 * not tell their length.
 */
uint32_t buslogic_answer_length(const uint8_t *cdb, const uint8_t *data,
                                uint32_t len);

#endif /* ROMS_BUSLOGIC_EFI_LENGTH_H */
