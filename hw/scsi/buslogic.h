/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic MultiMaster SCSI host adapter: shared state
 *
 * buslogic.c is the register level core, buslogic-commands.c has the host
 * commands, buslogic-mbox.c serves mailboxes, buslogic-scsi.c runs CCBs on
 * the SCSI bus, buslogic-nvram.c keeps the board's settings, buslogic-bios.c
 * decodes the BIOS command, buslogic-boot.c tells firmware the boot order;
 * buslogic-models.c says what the boards differ in.  Bus glue
 * (buslogic-pci.c, buslogic-isa.c) embeds a BuslogicState, fills in
 * BuslogicBusOps and calls the functions below "Core, for bus glue".
 */

#ifndef HW_SCSI_BUSLOGIC_H
#define HW_SCSI_BUSLOGIC_H

#include "hw/irq.h"
#include "hw/scsi/buslogic-bios.h"
#include "hw/scsi/buslogic-decode.h"
#include "hw/scsi/buslogic-models.h"
#include "hw/scsi/buslogic-nvram.h"
#include "hw/scsi/scsi.h"
#include "system/dma.h"
#include "system/memory.h"

#define BL_MAX_LUN          31      /* inclusive; the CCB has five bits */
#define BL_MAX_SENSE        255     /* bytes; the CCB's field is one byte */
/* Longest parameter list stored: that of 0xa9 with all SCAM data */
#define BL_MAX_PARAMS       (4 + BL_SCAM_SIZE)
#define BL_MAX_REPLY        256     /* bytes */

#define BL_MODEL_NAME_SIZE  16      /* bytes, in migration streams */

typedef struct BuslogicState BuslogicState;
typedef struct BuslogicRequest BuslogicRequest;

/* Where a host command stands (section 3) */
typedef enum BuslogicPhase {
    BL_PHASE_IDLE,                  /* waiting for an opcode */
    BL_PHASE_PARAM,                 /* collecting parameter bytes */
    BL_PHASE_EXEC,                  /* waiting for the SCSI bus */
    BL_PHASE_REPLY,                 /* guest reads reply bytes */
    BL_PHASE_COUNT,
} BuslogicPhase;

/* What only the bus glue can do */
typedef struct BuslogicBusOps {
    /* Interrupt line in use, as the host numbers it */
    uint8_t (*irq_line)(BuslogicState *s);
    /* Let the board reach memory, as its BIOS would have done; or NULL */
    void (*enable_dma)(BuslogicState *s);
    /*
     * Decode the ISA compatible ports at this enum BuslogicIsaPortCode; NULL
     * if the ports never move
     */
    void (*set_isa_port)(BuslogicState *s, uint8_t code);
    /* A subtype of TYPE_SCSI_BUS; NULL for that itself */
    const char *scsi_bus_type;
} BuslogicBusOps;

/*
 * Devices with such an adapter inside.  They are bound to find each other:
 * no two may have the same ISA ports.
 */
#define TYPE_BUSLOGIC_BOARD "buslogic-board"
typedef struct BuslogicBoardClass BuslogicBoardClass;
DECLARE_CLASS_CHECKERS(BuslogicBoardClass, BUSLOGIC_BOARD, TYPE_BUSLOGIC_BOARD)

struct BuslogicBoardClass {
    InterfaceClass parent_class;
    BuslogicState *(*core)(Object *obj);
};

/* Mailbox arrays in guest memory (section 5) */
typedef struct BuslogicRings {
    uint32_t base;                  /* outgoing array, the other follows */
    uint8_t count;                  /* entries in each, 0: not initialised */
    uint8_t format;                 /* BuslogicFormat */
    uint8_t out_pos;                /* where the next scan starts */
    uint8_t in_pos;                 /* where the next completion goes */
    bool scan_pending;              /* a doorbell waits for scan_bh */
} BuslogicRings;

typedef QTAILQ_HEAD(, BuslogicRequest) BuslogicRequestList;

/* Read through QOM, never by the guest */
typedef struct BuslogicStats {
    uint64_t commands;              /* host commands executed */
    uint64_t ccbs;                  /* CCBs fetched */
    uint64_t completions;           /* incoming mailboxes written */
    uint64_t interrupts;            /* rising edges of the line */
    uint64_t errors;                /* completions with BTSTAT non-zero */
    uint64_t resets;                /* hard and soft resets by the guest */
} BuslogicStats;

struct BuslogicState {
    DeviceState *dev;               /* owner */
    AddressSpace *as;               /* what the board's DMA reaches */
    qemu_irq irq;
    SCSIBus bus;
    const BuslogicModel *model;
    const BuslogicBusOps *ops;

    QEMUBH *scan_bh;                /* serves the outgoing mailboxes */
    QEMUBH *post_bh;                /* reports to the incoming mailboxes */
    QEMUTimer *post_timer;          /* runs only while that ring is full */
    VMChangeStateEntry *vm_state;
    uint64_t scan_work;             /* of this turn of scan_bh, bytes */
    uint32_t copying;               /* in turns of the main loop, bytes */
    BuslogicRequestList inflight;
    BuslogicRequestList done;
    uint32_t num_requests;          /* on both lists */
    BuslogicRequestList unused;     /* freed ones, to be used again */
    unsigned resetting;             /* mailboxes are left alone meanwhile */
    bool loading;                   /* of a stream, or that has failed */

    /* Properties */
    BlockBackend *nvram_blk;        /* NULL: forgotten with the machine */
    uint8_t scsi_id;
    uint8_t default_isa_port;       /* enum BuslogicIsaPortCode; that of */
                                    /* an ISA board is its only one */
    uint8_t dma_channel;            /* as reported by 0x0b */

    /* Registers */
    bool diag_active;               /* DACT not yet shown to the guest */
    int64_t reset_time;             /* of the last reset, virtual ns */
    bool cmd_invalid;
    uint8_t intr_reg;               /* +2 as the guest reads it */
    uint8_t geometry_reg;
    uint8_t adap_pos;               /* letters read from +3, modulo 256 */

    /* Interrupts (section 3.3): R_INTERRUPT bits */
    uint8_t causes;                 /* presented */
    uint8_t deferred;               /* wait for the acknowledge */
    uint8_t line_causes;            /* those of causes that drive the line */
    uint8_t deferred_line;          /* those of deferred that will */
    bool irq_enabled;               /* 0x25 */
    bool irq_level;
    bool imbl_unread;               /* posted since the guest read +2 */

    /* Host command */
    uint8_t phase;                  /* BuslogicPhase */
    uint8_t opcode;
    uint32_t param_count;           /* received, stored or not */
    uint32_t param_left;
    uint8_t params[BL_MAX_PARAMS];
    uint32_t reply_pos;
    uint32_t reply_len;             /* may exceed reply[]: zeros follow */
    uint8_t reply[BL_MAX_REPLY];

    /* Settings made by host commands */
    BuslogicRings rings;
    BuslogicRings bios_rings;       /* 0x25 of an AHA-154xC; outgoing only */
    uint8_t mailbox_lock;           /* 0x29: code, 0 if not locked */
    bool ombr_enabled;
    bool extended_lun;
    uint8_t isa_port;               /* enum BuslogicIsaPortCode */
    uint8_t bus_on_time;            /* us */
    uint8_t bus_off_time;           /* us */
    uint8_t transfer_rate;          /* as coded by 0x09 */
    uint8_t scratch[BL_SCRATCH_SIZE];
    uint8_t inquiry[BL_SCRATCH_SIZE]; /* target mode, 0x9a */
    uint8_t scam[BL_SCAM_SIZE];
    uint8_t bios_sense[BL_BIOS_SENSE_SIZE];
    uint8_t local_ram[BL_LOCAL_RAM_SIZE];
    BuslogicNvram nvram;            /* outlives resets */
    BuslogicNvram nvram_before;     /* while s->loading: as it was */

    DeviceState *boot_dev;          /* whose the paths below are */
    char *boot_rom;                 /* ROM in fw_cfg; NULL: that of boot_dev */
    GSList *boot_paths;             /* suffixes in the boot order */
    QEMUBH *boot_bh;                /* takes them out again */
    uint8_t model_name[BL_MODEL_NAME_SIZE]; /* in a stream only */

    BuslogicStats stats;
};

extern const VMStateDescription vmstate_buslogic;

#define VMSTATE_BUSLOGIC(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_buslogic, BuslogicState)

/* Core, for bus glue (buslogic.c) */

/*
 * Add the property that chooses the board; an instance starts as the one
 * that its init function has put in BuslogicState.model.
 */
void buslogic_class_add_model(ObjectClass *klass);

/*
 * Set up @s for the device @dev.  The caller has filled in ops, as, irq and
 * the properties.  Sets @errp if a property is out of range.
 */
bool buslogic_realize(BuslogicState *s, DeviceState *dev, Error **errp);
void buslogic_unrealize(BuslogicState *s);

/* The first of the ports of an enum BuslogicIsaPortCode; 0 if disabled */
uint16_t buslogic_isa_port_base(uint8_t code);
/* False, with an error, if another board has the ISA ports of @s */
bool buslogic_check_isa_port(BuslogicState *s, Error **errp);

/* The three phases of a machine or PCI reset */
void buslogic_reset_enter(BuslogicState *s);
void buslogic_reset_hold(BuslogicState *s);
void buslogic_reset_exit(BuslogicState *s);

/* @addr: any offset, decoded modulo BUSLOGIC_NUM_PORTS; one byte is moved */
extern const MemoryRegionOps buslogic_port_ops;

/* Core, for the other parts (buslogic.c) */

/* Present interrupt causes, R_INTERRUPT_*_MASK, by the rules of 3.3 */
void buslogic_raise(BuslogicState *s, uint8_t causes);
/* Finish the host command in BL_PHASE_EXEC with @len reply bytes */
void buslogic_command_reply(BuslogicState *s, const void *reply, size_t len);

/* Let the interrupt line follow the causes presented, or hold it low */
void buslogic_gate_interrupts(BuslogicState *s, bool enable);
/* Where the ISA ports are after a reset of the machine */
uint8_t buslogic_home_isa_port(BuslogicState *s);
/* Move the ISA compatible ports to this enum BuslogicIsaPortCode */
void buslogic_set_isa_port(BuslogicState *s, uint8_t code);
/* What the factory settings of this board depend on */
BuslogicNvramConfig buslogic_nvram_config(BuslogicState *s);
/* Write the NVRAM to the user's drive, if there is one */
void buslogic_nvram_commit(BuslogicState *s);

/* The machine goes on after a stream was refused: forget what was loaded */
void buslogic_load_failed(BuslogicState *s);

/* Let the board reach memory */
void buslogic_enable_dma(BuslogicState *s);

/*
 * DMA from or to guest RAM, and nothing but RAM, at an address of @format.
 * The address wraps at its top, and at 16 MiB on ISA boards in any case.
 * Returns MEMTX_OK, or an error after which @buf or memory is undefined.
 */
MemTxResult buslogic_dma_read(BuslogicState *s, BuslogicFormat format,
                              uint32_t addr, void *buf, size_t len);
MemTxResult buslogic_dma_write(BuslogicState *s, BuslogicFormat format,
                               uint32_t addr, const void *buf, size_t len);

/* Mailboxes (buslogic-mbox.c) */

void buslogic_mbox_init(BuslogicState *s);
void buslogic_mbox_cleanup(BuslogicState *s);
/* Forget rings and whatever waits to be posted, on any reset */
void buslogic_mbox_reset(BuslogicState *s);
/* The guest rang the doorbell of @rings, those of @s or of its BIOS */
void buslogic_mbox_kick(BuslogicState *s, BuslogicRings *rings);
/* Take up what was left alone while s->resetting, or the machine stood still */
void buslogic_mbox_resume(BuslogicState *s);
/* A scan held up for want of room may have it now */
void buslogic_mbox_room(BuslogicState *s);
/* Something waits to be posted, or the guest may have made room for it */
void buslogic_mbox_post(BuslogicState *s);

/* AHA-154xC (buslogic-aha.c) */

/* Any reset but that of the SCSI bus */
void buslogic_aha_reset(BuslogicState *s);
/* A reset of the machine, in addition */
void buslogic_aha_power_on(BuslogicState *s);
/* What is at +3 with BL_PORT3_ADAP; the next letter each time */
uint8_t buslogic_aha_read_port3(BuslogicState *s);

/* The SCSI bus (buslogic-scsi.c) */

void buslogic_scsi_init(BuslogicState *s);
/* Take and run the CCB at guest address @addr, from a mailbox of @rings */
void buslogic_ccb_start(BuslogicState *s, const BuslogicRings *rings,
                        uint32_t addr);
/* Cancel the oldest running CCB with this address, report what came of it */
void buslogic_ccb_abort(BuslogicState *s, uint32_t addr);
/* Run host command 0x83 or 0x03 from s->params; the reply comes later */
void buslogic_exec_scsi(BuslogicState *s);
void buslogic_exec_bios(BuslogicState *s, const BuslogicCCB *ccb);
/* Cancel everything silently; the devices themselves are not reset */
void buslogic_cancel_all(BuslogicState *s);
/* Reset the SCSI bus and everything on it; CCBs vanish, 0x83 and 0x03 fail */
void buslogic_bus_reset(BuslogicState *s);
/* Whatever is in flight will never be heard of again */
void buslogic_drop_all(BuslogicState *s);
/* Reads that wait for the machine to go on are no longer zero copy */
void buslogic_copy_parked_reads(BuslogicState *s);
/* Bit n is set if logical unit n of @target exists; 0 for the adapter */
uint32_t buslogic_lun_mask(BuslogicState *s, int target);
/* The disk a BIOS would call its first: false if there is none */
bool buslogic_first_disk(BuslogicState *s, int *target, uint64_t *sectors);
/* Called before @child is realized: keep it off the adapter's own ID */
void buslogic_pre_plug(BuslogicState *s, DeviceState *child, Error **errp);

/* Boot order (buslogic-boot.c) */

void buslogic_boot_init(BuslogicState *s);
void buslogic_boot_cleanup(BuslogicState *s);
/*
 * Give the devices on the bus paths by which the boot ROM's entries are
 * found, in the enter phase of a machine reset.  To be followed by
 * buslogic_boot_published() in the exit phase.
 */
void buslogic_boot_publish(BuslogicState *s);
void buslogic_boot_published(BuslogicState *s);

#endif /* HW_SCSI_BUSLOGIC_H */
