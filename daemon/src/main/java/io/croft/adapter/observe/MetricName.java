package io.croft.adapter.observe;

import java.util.List;

/**
 * Every metric, as it is exposed. What docs and dashboards say is compared with it. No label holds
 * a pod's name or an address.
 */
public enum MetricName {
    ALLOCATIONS("croft_allocations_total", Type.COUNTER, "Allocations made."),
    RELEASES("croft_releases_total", Type.COUNTER, "Allocations released."),
    REFUSALS("croft_refusals_total", Type.COUNTER, "Requests refused, by reason.", "reason"),
    REQUEST_SECONDS(
            "croft_request_seconds",
            Type.HISTOGRAM,
            "Time of a request in the agent, from its arrival to its decision.",
            "verb outcome"),
    COMMIT_SECONDS(
            "croft_journal_commit_seconds",
            Type.HISTOGRAM,
            "Time to make one turn's records as durable as they ask to be."),
    RECORDS("croft_journal_records_total", Type.COUNTER, "Records written to the journal."),
    SNAPSHOT_SECONDS(
            "croft_journal_snapshot_seconds",
            Type.HISTOGRAM,
            "Time to write a snapshot; pods wait meanwhile."),
    JOURNAL_BYTES(
            "croft_journal_bytes", Type.GAUGE, "Bytes of the journal on disk, reserve included."),
    STORE_ANSWERS(
            "croft_store_answers_total",
            Type.COUNTER,
            "Claims and returns answered by the store, by outcome.",
            "outcome"),
    STORE_ANSWERING(
            "croft_store_answering",
            Type.GAUGE,
            "1 when the store answered when it was last asked, and takes claims, else 0."),
    STORE_FROZEN(
            "croft_store_frozen",
            Type.GAUGE,
            "1 when the store was frozen because it may have been restored from a backup, else 0."),
    POOLS_AGE_SECONDS(
            "croft_pools_age_seconds",
            Type.GAUGE,
            "Seconds since the pools were last read from the store; above 60 changes are missed."),
    ETCD_CALL_SECONDS(
            "croft_etcd_call_seconds",
            Type.HISTOGRAM,
            "Time of a call to etcd, by kind and outcome.",
            "kind outcome"),
    OUTAGES("croft_outages_total", Type.COUNTER, "Times something outside stopped working.", "of"),
    LIMITS_REACHED(
            "croft_limits_reached_total", Type.COUNTER, "Times a bound was reached.", "limit"),
    VIOLATIONS(
            "croft_violations_total",
            Type.COUNTER,
            "Contradictions found in the state; each is a defect."),
    POOL_CAPACITY(
            "croft_pool_capacity_addresses",
            Type.GAUGE,
            "Addresses that the whole pool can give.",
            "pool"),
    POOL_IN_USE(
            "croft_pool_in_use_addresses",
            Type.GAUGE,
            "Addresses of this node's blocks that pods hold.",
            "pool"),
    POOL_RESTING(
            "croft_pool_resting_addresses",
            Type.GAUGE,
            "Addresses of this node's blocks that were released and are not given again yet.",
            "pool"),
    POOL_RESERVED(
            "croft_pool_reserved_addresses",
            Type.GAUGE,
            "Addresses of this node's blocks that no pod may have.",
            "pool"),
    POOL_FREE(
            "croft_pool_free_addresses",
            Type.GAUGE,
            "Addresses of this node's blocks that can be given now.",
            "pool"),
    BLOCKS("croft_blocks", Type.GAUGE, "Blocks that this node knows, by ownership.", "state"),
    GARBAGE(
            "croft_garbage_attachments",
            Type.GAUGE,
            "Attachments of which nothing was found on this host; they go by and by."),
    GARBAGE_BRAKED(
            "croft_garbage_braked",
            Type.GAUGE,
            "1 when too many attachments look abandoned to free them unasked, else 0."),
    INVENTORY_INCOMPLETE(
            "croft_inventory_incomplete",
            Type.GAUGE,
            "1 when nothing complete is known of what exists on this host, else 0."),
    QUEUE_DEPTH("croft_queue_depth", Type.GAUGE, "Requests that wait for the loop's thread."),
    PARKED("croft_parked_requests", Type.GAUGE, "Requests that wait for a block."),
    SERVING("croft_serving", Type.GAUGE, "1 when an ADD would be decided, else 0."),
    LISTENER_FAILURES(
            "croft_listener_failures_total",
            Type.COUNTER,
            "Defects in metrics, log or event stream that were kept from the loop."),
    LOG_DROPPED("croft_log_dropped_total", Type.COUNTER, "Log lines lost because stderr was slow."),
    EVENTS_LOST("croft_events_lost_total", Type.COUNTER, "Events lost because a reader was slow."),
    HEAP_BYTES("croft_jvm_heap_bytes", Type.GAUGE, "Bytes of the heap in use, garbage included."),
    HEAP_MAX_BYTES("croft_jvm_heap_max_bytes", Type.GAUGE, "Bytes that the heap may have."),
    THREADS("croft_jvm_threads", Type.GAUGE, "Threads of the process."),
    UPTIME_SECONDS("croft_uptime_seconds", Type.GAUGE, "Seconds since the process started.");

    /** As Prometheus calls them. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String exposed;
    private final Type type;
    private final String help;
    private final String labels;

    MetricName(String exposed, Type type, String help) {
        this(exposed, type, help, "");
    }

    MetricName(String exposed, Type type, String help, String labels) {
        this.exposed = exposed;
        this.type = type;
        this.help = help;
        this.labels = labels;
    }

    /** With prefix, unit and suffix. */
    public String exposed() {
        return exposed;
    }

    public Type type() {
        return type;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(" "));
    }
}
