/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: guest visible interface
 *
 * Ports, host commands, status codes and the structures that live in guest
 * memory, as described in docs/specs/buslogic.rst (section numbers below
 * refer to it).  Nothing here depends on a QEMU device header, so the boot
 * ROM and the tests include it too.  "BE" and "LE" give the byte order in
 * guest memory; multi-byte LE members need le32_to_cpu() and friends.
 */

#ifndef HW_SCSI_BUSLOGIC_REGS_H
#define HW_SCSI_BUSLOGIC_REGS_H

#include "hw/registerfields.h"

#define BUSLOGIC_PCI_VENDOR_ID      0x104b
#define BUSLOGIC_PCI_DEVICE_ID      0x1040
#define BUSLOGIC_PCI_REVISION       0x01

/* Registers: four ports, byte wide, mirrored through BAR0 (section 2) */

#define BUSLOGIC_NUM_PORTS          4
#define BUSLOGIC_BAR_SIZE           32
#define BUSLOGIC_ROM_SIZE           (32 << 10)

#define BL_NUM_TARGETS              16

REG8(CONTROL, 0)                    /* write */
    FIELD(CONTROL, RSBUS, 4, 1)     /* SCSI bus reset */
    FIELD(CONTROL, RINT, 5, 1)      /* acknowledge interrupt */
    FIELD(CONTROL, RSOFT, 6, 1)     /* soft reset */
    FIELD(CONTROL, RHARD, 7, 1)     /* hard reset */

REG8(STATUS, 0)                     /* read */
    FIELD(STATUS, CMDINV, 0, 1)     /* command or parameter invalid */
    FIELD(STATUS, DIRRDY, 2, 1)     /* data in register ready */
    FIELD(STATUS, CPRBSY, 3, 1)     /* command/parameter register busy */
    FIELD(STATUS, HARDY, 4, 1)      /* host adapter ready */
    FIELD(STATUS, INREQ, 5, 1)      /* mailbox initialisation required */
    FIELD(STATUS, DFAIL, 6, 1)      /* diagnostics failed */
    FIELD(STATUS, DACT, 7, 1)       /* diagnostics active */

REG8(COMMAND, 1)                    /* write: opcode and parameters */
REG8(DATA_IN, 1)                    /* read: reply bytes */

REG8(INTERRUPT, 2)
    FIELD(INTERRUPT, IMBL, 0, 1)    /* incoming mailbox loaded */
    FIELD(INTERRUPT, OMBR, 1, 1)    /* outgoing mailbox ready */
    FIELD(INTERRUPT, CMDC, 2, 1)    /* command complete */
    FIELD(INTERRUPT, RSTS, 3, 1)    /* SCSI reset seen on the bus */
    FIELD(INTERRUPT, INTV, 7, 1)    /* interrupt valid */

REG8(GEOMETRY, 3)
    FIELD(GEOMETRY, EXT_TRANS, 7, 1) /* extended translation enabled */

/* Host commands, written to COMMAND (section 4) */

enum BuslogicOpcode {
    BL_CMD_TEST_CMDC              = 0x00,
    BL_CMD_INIT_MAILBOX_24        = 0x01,
    BL_CMD_START_MAILBOX          = 0x02,
    BL_CMD_EXEC_BIOS              = 0x03,
    BL_CMD_INQUIRE_BOARD_ID       = 0x04,
    BL_CMD_ENABLE_OMBR            = 0x05,
    BL_CMD_SET_SELECTION_TIMEOUT  = 0x06,
    BL_CMD_SET_BUS_ON_TIME        = 0x07,
    BL_CMD_SET_BUS_OFF_TIME       = 0x08,
    BL_CMD_SET_TRANSFER_RATE      = 0x09,
    BL_CMD_INQUIRE_DEVICES_0_7    = 0x0a,
    BL_CMD_INQUIRE_CONFIG         = 0x0b,
    BL_CMD_ENABLE_TARGET_MODE     = 0x0c,
    BL_CMD_INQUIRE_SETUP          = 0x0d,
    BL_CMD_WRITE_BUFFER           = 0x1a,
    BL_CMD_READ_BUFFER            = 0x1b,
    BL_CMD_WRITE_FIFO             = 0x1c,
    BL_CMD_READ_FIFO              = 0x1d,
    BL_CMD_ECHO                   = 0x1f,
    BL_CMD_DIAGNOSTIC             = 0x20,
    BL_CMD_SET_OPTIONS            = 0x21,
    BL_CMD_INQUIRE_DEVICES_8_15   = 0x23,
    BL_CMD_INQUIRE_TARGETS        = 0x24,
    BL_CMD_ENABLE_INTERRUPT       = 0x25,
    BL_CMD_INIT_MAILBOX_32        = 0x81,
    BL_CMD_EXEC_SCSI              = 0x83,
    BL_CMD_INQUIRE_FW_DIGIT3      = 0x84,
    BL_CMD_INQUIRE_FW_LETTER      = 0x85,
    BL_CMD_INQUIRE_PCI_INFO       = 0x86,
    BL_CMD_INQUIRE_MODEL          = 0x8b,
    BL_CMD_INQUIRE_SYNC_PERIOD    = 0x8c,
    BL_CMD_INQUIRE_EXT_SETUP      = 0x8d,
    BL_CMD_ROUND_ROBIN            = 0x8f,
    BL_CMD_STORE_LOCAL_RAM        = 0x90,
    BL_CMD_FETCH_LOCAL_RAM        = 0x91,
    BL_CMD_STORE_NVRAM            = 0x92,
    BL_CMD_UPLOAD_AUTOSCSI        = 0x94,
    BL_CMD_MODIFY_ISA_PORT        = 0x95,
    BL_CMD_SET_CCB_FORMAT         = 0x96,
    BL_CMD_FLASH_UPLOAD           = 0x97,
    BL_CMD_WRITE_INQUIRY_BUFFER   = 0x9a,
    BL_CMD_READ_INQUIRY_BUFFER    = 0x9b,
    BL_CMD_FLASH_ROM              = 0xa7,
    BL_CMD_READ_SCAM_DATA         = 0xa8,
    BL_CMD_WRITE_SCAM_DATA        = 0xa9,
};

/* Host commands of the AHA-154xC and later */
enum BuslogicAhaOpcode {
    BL_AHA_PROGRAM_EEPROM         = 0x22,
    BL_AHA_READ_EEPROM            = 0x23,
    BL_AHA_SHADOW_RAM             = 0x24,
    BL_AHA_INIT_BIOS_MAILBOX      = 0x25,
    BL_AHA_MEMORY_MAP_1           = 0x26,
    BL_AHA_MEMORY_MAP_2           = 0x27,
    BL_AHA_RETURN_BIOS_INFO       = 0x28,
    BL_AHA_ENABLE_MAILBOXES       = 0x29,
    BL_AHA_INTERNAL_2C            = 0x2c,
    BL_AHA_INTERNAL_2D            = 0x2d,
    BL_AHA_INTERNAL_33            = 0x33,
    BL_AHA_INTERNAL_39            = 0x39,
    BL_AHA_INTERNAL_40            = 0x40,
    BL_AHA_START_BIOS_MAILBOX     = 0x82,
};

/* Parameters of BL_CMD_MODIFY_ISA_PORT, reply of BL_CMD_INQUIRE_PCI_INFO */
enum BuslogicIsaPortCode {
    BL_ISA_PORT_330      = 0,
    BL_ISA_PORT_334      = 1,
    BL_ISA_PORT_230      = 2,
    BL_ISA_PORT_234      = 3,
    BL_ISA_PORT_130      = 4,
    BL_ISA_PORT_134      = 5,
    BL_ISA_PORT_DISABLED = 6,
    BL_ISA_PORT_CODES    = 8,       /* valid codes are below this */
};

/* Parameter of BL_CMD_STORE_NVRAM */
enum BuslogicNvramAction {
    BL_NVRAM_DEFAULTS      = 0,
    BL_NVRAM_SAVE          = 1,
    BL_NVRAM_LOAD_DEFAULTS = 2,
    BL_NVRAM_SAFE_DEFAULTS = 3,
};

/* Fixed reply and parameter sizes, bytes */
#define BL_EXEC_BIOS_PARAMS         10
#define BL_BOARD_ID_SIZE            4
#define BL_INQUIRE_SETUP_SIZE       34
#define BL_EXT_SETUP_SIZE           14
#define BL_EXEC_SCSI_HEADER         12
#define BL_EXEC_SCSI_MAX_CDB        16
#define BL_SCRATCH_SIZE             64
#define BL_SCAM_SIZE                256
#define BL_SG_LIMIT                 8192 /* entries, reported by 0x8d */
#define BL_AHA_SG_LIMIT             17  /* entries, AHA-154x */

/* Local RAM with the AutoSCSI structure inside (section 7) */
#define BL_LOCAL_RAM_SIZE           256
#define BL_LOCAL_RAM_BIOS_MAP       17  /* BIOS drive 0 */
#define BL_AUTOSCSI_OFFSET          64
#define BL_AUTOSCSI_SIZE            64
/* The settings of an AHA-154xC */
#define BL_EEPROM_SIZE              32

/* Mailboxes (section 5) */

enum BuslogicAction {               /* outgoing mailbox */
    BL_ACTION_FREE  = 0,
    BL_ACTION_START = 1,
    BL_ACTION_ABORT = 2,
};

enum BuslogicCompletion {           /* incoming mailbox */
    BL_COMPLETION_FREE      = 0,
    BL_COMPLETION_OK        = 1,
    BL_COMPLETION_ABORTED   = 2,
    BL_COMPLETION_NOT_FOUND = 3,
    BL_COMPLETION_ERROR     = 4,
};

typedef struct QEMU_PACKED BuslogicMailbox24 {
    uint8_t code;                   /* action or completion */
    uint8_t ccb[3];                 /* BE */
} BuslogicMailbox24;
QEMU_BUILD_BUG_ON(sizeof(BuslogicMailbox24) != 4);

typedef struct QEMU_PACKED BuslogicMailbox32 {
    uint32_t ccb;                   /* LE */
    uint8_t btstat;                 /* incoming only */
    uint8_t sdstat;                 /* incoming only */
    uint8_t reserved;
    uint8_t code;                   /* action or completion */
} BuslogicMailbox32;
QEMU_BUILD_BUG_ON(sizeof(BuslogicMailbox32) != 8);

/* Command control blocks (section 6) */

enum BuslogicCcbOpcode {
    BL_CCB_INITIATOR       = 0x00,
    BL_CCB_TARGET          = 0x01,
    BL_CCB_INITIATOR_SG    = 0x02,
    BL_CCB_INITIATOR_RES   = 0x03,  /* residual returned */
    BL_CCB_SG_RES          = 0x04,  /* scatter/gather, residual returned */
    BL_CCB_BUS_DEVICE_RESET = 0x81,
};

enum BuslogicDirection {
    BL_DIR_FROM_CDB = 0,            /* the SCSI command decides, unchecked */
    BL_DIR_IN       = 1,
    BL_DIR_OUT      = 2,
    BL_DIR_NONE     = 3,
};

/* Byte 1 of a 24-bit CCB; 32-bit CCBs have only the direction in common */
REG8(CCB_ADDR, 1)
    FIELD(CCB_ADDR, LUN, 0, 3)
    FIELD(CCB_ADDR, DIRECTION, 3, 2)
    FIELD(CCB_ADDR, TARGET, 5, 3)

/*
 * Byte 17 of a 32-bit CCB.  In the extended LUN format (0x96) the tag bits
 * are in byte 1 instead, at the same position.
 */
REG8(CCB_LUN, 17)
    FIELD(CCB_LUN, LUN, 0, 5)
    FIELD(CCB_LUN, TAG_ENABLE, 5, 1)
    FIELD(CCB_LUN, TAG_TYPE, 6, 2)

#define BL_CCB24_MAX_CDB            16
#define BL_CCB32_MAX_CDB            12

typedef struct QEMU_PACKED BuslogicCCB24 {
    uint8_t opcode;
    uint8_t address;                /* CCB_ADDR */
    uint8_t cdb_len;
    uint8_t sense_len;              /* encoded, see buslogic_sense_length() */
    uint8_t data_len[3];            /* BE */
    uint8_t data_ptr[3];            /* BE */
    uint8_t link_ptr[3];            /* BE */
    uint8_t link_id;
    uint8_t btstat;
    uint8_t sdstat;
    uint8_t reserved[2];
    /* the CDB follows, then the sense data */
} BuslogicCCB24;
QEMU_BUILD_BUG_ON(sizeof(BuslogicCCB24) != 18);

typedef struct QEMU_PACKED BuslogicCCB32 {
    uint8_t opcode;
    uint8_t control;                /* direction; tags in extended format */
    uint8_t cdb_len;
    uint8_t sense_len;              /* encoded, see buslogic_sense_length() */
    uint32_t data_len;              /* LE */
    uint32_t data_ptr;              /* LE */
    uint8_t reserved[2];
    uint8_t btstat;
    uint8_t sdstat;
    uint8_t target;
    uint8_t lun;                    /* CCB_LUN */
    uint8_t cdb[BL_CCB32_MAX_CDB];
    uint8_t ccb_control;
    uint8_t link_id;
    uint32_t link_ptr;              /* LE */
    uint32_t sense_ptr;             /* LE */
} BuslogicCCB32;
QEMU_BUILD_BUG_ON(sizeof(BuslogicCCB32) != 40);

/* Offsets written back on completion, the same in both formats */
#define BL_CCB_DATA_LEN             4
#define BL_CCB24_BIOS_CODE          13  /* link ID; from BIOS mailboxes only */
#define BL_CCB_BTSTAT               14

typedef struct QEMU_PACKED BuslogicSGE24 {
    uint8_t len[3];                 /* BE */
    uint8_t addr[3];                /* BE */
} BuslogicSGE24;
QEMU_BUILD_BUG_ON(sizeof(BuslogicSGE24) != 6);

typedef struct QEMU_PACKED BuslogicSGE32 {
    uint32_t len;                   /* LE */
    uint32_t addr;                  /* LE */
} BuslogicSGE32;
QEMU_BUILD_BUG_ON(sizeof(BuslogicSGE32) != 8);

/* Host adapter status (BTSTAT) codes this model can return (section 6) */
enum BuslogicHostStatus {
    BTSTAT_OK                = 0x00,
    BTSTAT_SELECTION_TIMEOUT = 0x11,
    BTSTAT_DATA_RUN          = 0x12, /* target wanted more than the buffer */
    BTSTAT_BUS_FREE          = 0x13, /* target vanished during the command */
    BTSTAT_BAD_ACTION        = 0x15, /* outgoing mailbox action unknown */
    BTSTAT_BAD_OPCODE        = 0x16, /* CCB operation code unknown */
    BTSTAT_BAD_CCB           = 0x1a, /* CCB or segment list parameter */
    BTSTAT_RST_ASSERTED      = 0x22, /* the adapter reset the bus */
    BTSTAT_BUS_RESET         = 0x23, /* another device reset the bus */
    BTSTAT_DEVICE_RESET      = 0x25, /* the adapter reset the target */
    BTSTAT_ABORTED           = 0x26, /* abort queue generated */
    BTSTAT_SOFTWARE_ERROR    = 0x27, /* DMA to or from the host failed */
};

#endif /* HW_SCSI_BUSLOGIC_REGS_H */
