package io.croft.adapter.file;

/** What happens to one call of a {@link SimDisk}. */
public enum Fault {
    /** It fails, and has done nothing. */
    EIO,
    /** It fails for want of space; a write has written a part. */
    ENOSPC,
    /** A write writes a part and says so; other calls are as usual. */
    SHORT_WRITE,
    /** The process dies before it. */
    CRASH_BEFORE,
    /** The process dies in the middle of it: a write has written a part. */
    CRASH_WITHIN,
    /** The process dies before it hears of it. */
    CRASH_AFTER
}
