package io.croft.core.block;

/** Why a block is quarantined. */
public enum Cause {
    /** The store shows somebody else's token, or none. */
    FOREIGN_TOKEN,
    /** The journal that knew the block's allocations was lost in this boot. */
    JOURNAL_LOST,
    /** A decision or a record contradicted the block. */
    VIOLATION
}
