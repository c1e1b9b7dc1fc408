/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QTest testcase for the BusLogic adapter: what its parts share
 */

#ifndef BUSLOGIC_TEST_H
#define BUSLOGIC_TEST_H

#include "buslogic-lib.h"

/* The machine most tests run on */
enum {
    DISK = 0,                   /* file, see disk_of() */
    DISK2 = 1,                  /* another one */
    CDROM = 2,                  /* CD_BLOCKS blocks of 2 KiB */
    LUNS = 3,                   /* LUN 0 and HIGH_LUN */
    FAULTY = 4,                 /* see the FAULT_ blocks */
    HUGE_DISK = 5,              /* more than 2 TiB */
    ABSENT = 6,
    ADAPTER_ID = 7,
    WIDE_DISK = 15,
};

#define DISK_BLOCKS             256
#define CD_BLOCKS               64
#define HIGH_LUN                9
#define HUGE_DISK_BYTES         (3 * TiB)

/* Reading these blocks of FAULTY ends with this SCSI status */
#define FAULT_TASK_SET_FULL     8
#define FAULT_RESERVATION       16
#define FAULT_MEDIUM            24      /* CHECK CONDITION */

/* What drivers see most of the time */
#define STATUS_IDLE     (R_STATUS_HARDY_MASK | R_STATUS_INREQ_MASK)
#define STATUS_BUSY     R_STATUS_INREQ_MASK
#define STATUS_REPLY    (R_STATUS_DIRRDY_MASK | R_STATUS_INREQ_MASK)
#define CMDC            (R_INTERRUPT_INTV_MASK | R_INTERRUPT_CMDC_MASK)
#define IMBL            (R_INTERRUPT_INTV_MASK | R_INTERRUPT_IMBL_MASK)
#define OMBR            (R_INTERRUPT_INTV_MASK | R_INTERRUPT_OMBR_MASK)

/* Tests of what is the same with mailboxes of either width have it as data */
#define WIDTH(data)     GPOINTER_TO_UINT(data)
void add_widths(const char *name, void (*test)(const void *));

/*
 * That machine with the adapter just reset, all of guest_block()'s memory
 * free, no disk held and all disks filled.  Nothing is initialised.
 */
Adapter *shared_adapter(void);
/* The same with 32-bit or 24-bit mailboxes and no unit attentions */
Adapter *shared_ready(int width, unsigned mailboxes);
Disk *disk_of(int target);
/* Hold the media accesses of DISK or DISK2 until they are released */
void hold(Adapter *a, int target);
void release(Adapter *a, int target);

/* A machine of one's own with this disk as target 0, 16 mailboxes set up */
Adapter *private_disk_adapter(Disk *disk);
/* Submit reads (even) and writes (odd) of block n to it, and hold them */
void hold_private(Adapter *a, Ccb *ccbs, int count);

/*
 * Save the machine, end it, and go on in another one with the adapter
 * @device and more arguments.  The driver does not notice.
 */
void migrate_adapter(Adapter *a, const char *device, const char *args);
/* The other one must refuse to go on; both are gone afterwards */
void migrate_refused(Adapter *a, const char *device, const char *args);

/* A file with a firmware that halts, for machines that run */
char *halting_firmware(void);

void add_register_tests(void);
void add_reset_tests(void);
void add_command_tests(void);
void add_interrupt_tests(void);
void add_mailbox_tests(void);
void add_ccb_tests(void);
void add_data_tests(void);
void add_exec_tests(void);
void add_machine_tests(void);
void add_boot_tests(void);
void add_migration_tests(void);
void add_fault_tests(void);
void add_model_tests(void);
void add_isa_board_tests(void);
void add_aha_tests(void);
void add_linux_tests(void);

#endif /* BUSLOGIC_TEST_H */
