/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which QEMU the module was built for, and whether that is the one at hand
 */
#ifndef BUSLOGIC_IDENTITY_H
#define BUSLOGIC_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* Room for the hexadecimal digits of a build-id, more than SHA-1 needs */
#define BUILD_ID_MAX 129

/*
 * Writes the GNU build-id among the ELF notes in @notes to @id as hexadecimal
 * digits; returns false if there is none.
 */
bool identity_from_notes(const unsigned char *notes, size_t size,
                         char id[BUILD_ID_MAX]);

/* Whether the module was built for the program with this build-id */
bool identity_matches(const char *id);

/*
 * Says in one line on stderr that the module was built for another program
 * than @program, which reports @version and has build-id @id.
 */
void identity_report_mismatch(const char *program, const char *version,
                              const char *id);

#endif
