package io.croft.core.pool;

/** What a pool does with new requests. What is held stays held in every state. */
public enum PoolState {
    ACTIVE,
    PAUSED,
    /** Gives no addresses, and its empty blocks go back. */
    DRAINING
}
