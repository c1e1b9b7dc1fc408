/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Legacy boot ROM: files from QEMU's fw_cfg; initialisation only
 */

#ifndef ROMS_BUSLOGIC_FWCFG_H
#define ROMS_BUSLOGIC_FWCFG_H

#include "rom.h"

/* A file that is being read */
struct fw_cfg_file {
    uint32_t size;                  /* bytes that remain */
};

/* False if there is no such file, or no fw_cfg */
bool fw_cfg_open(struct fw_cfg_file *f, const char __seg_gs *name);

/*
 * The next line, without its end.  One that does not fit in @size bytes comes
 * as an empty one.  False at the end.
 */
bool fw_cfg_line(struct fw_cfg_file *f, char *line, unsigned size);

#endif /* ROMS_BUSLOGIC_FWCFG_H */
