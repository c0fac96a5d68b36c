package io.croft.adapter.etcd;

/**
 * Something in a store that should not be so.
 *
 * @param sentence what is wrong, without a full stop
 * @param remedy what to do about it
 */
public record Finding(Severity severity, String key, String sentence, String remedy) {
    /** How bad it is. Declared in the order in which findings are listed. */
    public enum Severity {
        /** An address may be given twice, or the store is not what it says it is. */
        DANGER,
        /** Addresses cannot be used, or something cannot be read. */
        WASTE,
        /** Somebody should know. */
        NOTE
    }
}
