package io.croft.adapter.etcd;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;

/**
 * All that a snapshot of etcd holds, and how far the raft log was, which only copies of the disks
 * know.
 */
public record SimBackup(
        NavigableMap<String, SimSpace.Held> content,
        Map<Long, Duration> leases,
        long revision,
        long term,
        long index) {}
