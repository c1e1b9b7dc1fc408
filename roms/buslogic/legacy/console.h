/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: messages on the screen
 */

#ifndef ROMS_BUSLOGIC_CONSOLE_H
#define ROMS_BUSLOGIC_CONSOLE_H

#include "rom.h"

/* A text in the ROM, from code that stays or from the initialisation */
#define TEXT(text) ({ static const char IN_ROM text_[] = text; text_; })
#define INIT_TEXT(text) ({ static const char IN_INIT text_[] = text; text_; })

void print_char(char c);
void print(const char __seg_gs *text);

/* During the initialisation only */
void print_ram(const char *text);   /* of a text in the RAM block */
void print_hex(uint32_t value, unsigned digits);
void print_number(uint32_t value);

#endif /* ROMS_BUSLOGIC_CONSOLE_H */
