/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BusLogic SCSI host adapter: the boards
 *
 * One table has everything in which the boards differ from each other
 * (docs/specs/buslogic.rst, section 9); no other part knows their names.
 */

#ifndef HW_SCSI_BUSLOGIC_MODELS_H
#define HW_SCSI_BUSLOGIC_MODELS_H

typedef enum BuslogicBusType {
    BL_BUS_PCI,
    BL_BUS_ISA,
} BuslogicBusType;

/* What a board can do; host commands name those that they need */
enum BuslogicCapability {
    /* Commands beyond Adaptec's; +2 and +3 can be written */
    BL_CAP_BUSLOGIC      = 1 << 0,
    /* The commands that came with PCI: 0x86, 0x95 */
    BL_CAP_PCI           = 1 << 1,
    /* Settings in an NVRAM instead of jumpers */
    BL_CAP_AUTOSCSI      = 1 << 2,
    /* 0x96: 32-bit CCBs with the tag in byte 1 */
    BL_CAP_EXTENDED_LUN  = 1 << 3,
    /* A bus device reset answers for the target's other CCBs */
    BL_CAP_SILENT_RESET  = 1 << 4,
    /* 0x86 tells how the bus is terminated */
    BL_CAP_TERMINATION   = 1 << 5,
    /* AHA-154xC: mailbox lock, EEPROM, BIOS mailboxes */
    BL_CAP_AHA_C         = 1 << 6,
    /* AHA-154xCF and CP: a few commands of their ROM's */
    BL_CAP_AHA_CF        = 1 << 7,
};

/* What is at +3 */
typedef enum BuslogicPort3 {
    BL_PORT3_REGISTER,              /* the geometry register */
    BL_PORT3_FLOATING,              /* nothing: 0xff */
    BL_PORT3_ADAP,                  /* the letters "ADAP", one by one */
} BuslogicPort3;

typedef struct BuslogicModel {
    const char *name;               /* value of the property */
    const char *desc;
    BuslogicBusType bus;
    uint32_t caps;                  /* enum BuslogicCapability */
    const char *board_id;           /* reply to 0x04, 4 characters */
    const char *firmware;           /* "5.07B"; "" if nothing reports it */
    const char *text;               /* reply to 0x8b, at most 5 characters */
    uint8_t bus_8d;                 /* byte 0 of 0x8d */
    uint8_t bus_0d;                 /* byte 19 of 0x0d */
    uint8_t features;               /* byte 13 of 0x8d: BL_FEATURE_ */
    uint8_t port3;                  /* BuslogicPort3 */
    uint8_t geometry;               /* reset value of its bits 6 to 0 */
    uint8_t targets;                /* 8 or 16 */
    uint8_t ccbs;                   /* how many the board holds at a time */
    uint8_t dma_channels;           /* bit n for channel n; 0 on PCI */
    uint8_t isa_port;               /* factory setting of a PCI board, */
                                    /* enum BuslogicIsaPortCode */
    uint16_t sg_limit;              /* entries in a segment list */
} BuslogicModel;

#define BL_FEATURE_WIDE         0x01
#define BL_FEATURE_DIFFERENTIAL 0x02
#define BL_FEATURE_ULTRA        0x08

/* Has the board all of @caps, enum BuslogicCapability? */
static inline bool buslogic_model_has(const BuslogicModel *model,
                                      uint32_t caps)
{
    return (model->caps & caps) == caps;
}

/* Can its settings be kept in a drive? */
static inline bool buslogic_model_keeps_settings(const BuslogicModel *model)
{
    return model->caps & (BL_CAP_AUTOSCSI | BL_CAP_AHA_C);
}

/*
 * Is its firmware @version, "3.31", or newer?  Compared as text, as drivers
 * do.  Boards that do not report a version have none.
 */
static inline bool buslogic_model_since(const BuslogicModel *model,
                                        const char *version)
{
    return strcmp(model->firmware, version) >= 0;
}

/* The top of what the board's DMA reaches: ISA has 24 address lines */
static inline uint64_t buslogic_model_dma_top(const BuslogicModel *model)
{
    return model->bus == BL_BUS_ISA ? 1ull << 24 : 1ull << 32;
}

/* The board of this name for @bus; NULL if there is none */
const BuslogicModel *buslogic_model_find(BuslogicBusType bus,
                                         const char *name);
/* "name, name, ..." of the boards for @bus, to be freed by the caller */
char *buslogic_model_names(BuslogicBusType bus);

#endif /* HW_SCSI_BUSLOGIC_MODELS_H */
