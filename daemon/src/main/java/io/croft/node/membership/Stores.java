package io.croft.node.membership;

import io.croft.node.port.BlockStore;
import io.croft.node.port.InstallStore;
import io.croft.node.port.PoolStore;
import io.croft.node.port.StoreSession;

/** What the membership asks of the store, which may be one object. */
public record Stores(
        InstallStore installs, BlockStore blocks, PoolStore pools, StoreSession session) {}
