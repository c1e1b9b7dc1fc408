/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which QEMU the module was built for, and whether that is the one at hand
 *
 * A module uses the structures and functions of QEMU as they were in one
 * build; the GNU build-id is what tells that build from every other.
 */

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "built-for.h"
#include "identity.h"

/* Names and contents of notes are padded to four bytes. */
static size_t padded(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

bool identity_from_notes(const unsigned char *notes, size_t size,
                         char id[BUILD_ID_MAX])
{
    Elf64_Nhdr note;

    while (size >= sizeof(note)) {
        size_t name = sizeof(note), desc, next;

        memcpy(&note, notes, sizeof(note));
        desc = name + padded(note.n_namesz);
        next = desc + padded(note.n_descsz);
        if (desc > size || next > size) {
            return false;
        }
        if (note.n_type == NT_GNU_BUILD_ID &&
            note.n_namesz == sizeof(ELF_NOTE_GNU) &&
            !memcmp(notes + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) &&
            note.n_descsz * 2 < BUILD_ID_MAX) {
            for (size_t i = 0; i < note.n_descsz; i++) {
                sprintf(id + 2 * i, "%02x", notes[desc + i]);
            }
            return true;
        }
        notes += next;
        size -= next;
    }
    return false;
}

bool identity_matches(const char *id)
{
    return !strcmp(id, BUILT_FOR_BUILD_ID);
}

void identity_report_mismatch(const char *program, const char *version,
                              const char *id)
{
    fprintf(stderr, "buslogic: the module was built for %s, build %.12s, "
            "but %s is %s, build %.12s: "
            "run \"make\" again where the module was built\n",
            BUILT_FOR_VERSION, BUILT_FOR_BUILD_ID, program, version, id);
}
