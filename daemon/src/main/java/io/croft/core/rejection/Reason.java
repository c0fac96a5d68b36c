package io.croft.core.rejection;

import static io.croft.core.rejection.Action.CALL_OPERATOR;
import static io.croft.core.rejection.Action.FIX_REQUEST;
import static io.croft.core.rejection.Action.RETRY;

import java.util.Map;

/**
 * Every reason for which Croft refuses something. The same list as {@code croft.v1.ErrorReason} and
 * {@code docs/errors.md}; a test holds the three together.
 */
public enum Reason {
    POOL_EXHAUSTED(RETRY, "add a pool or delete pods"),
    BLOCK_PENDING(RETRY, "retry; if it stays so, look at the store with croft status"),
    MAILBOX_FULL(RETRY, "retry; the node starts more pods at once than the agent takes"),
    AGENT_STOPPING(RETRY, "retry; the next agent takes over"),
    NOT_VALIDATED(RETRY, "retry; the store must confirm this node's blocks after a boot"),
    JOURNAL_FULL(RETRY, "free space on the disk of the state directory"),
    ADDRESS_RESTING(RETRY, "retry after the pool's cooldown"),
    STORE_UNAVAILABLE(RETRY, "retry; pods are served meanwhile"),
    NODE_FULL(RETRY, "delete pods of this node, or look for leaks with croft gc --dry-run"),
    INSTALL_LIVE(RETRY, "retry; the sign of life of the machine's former boot lapses within 45 s"),

    INVALID_FIELD(FIX_REQUEST, "correct the value"),
    POOL_UNKNOWN(FIX_REQUEST, "name a pool of croft pool list, or make it with croft pool create"),
    NO_POOL(FIX_REQUEST, "make one with croft pool create NAME CIDR --default"),
    POOL_DENIED(FIX_REQUEST, "name another pool, or let this one serve the namespace or node"),
    POOL_PAUSED(FIX_REQUEST, "resume it with croft pool resume, or name another pool"),
    MODE_MISMATCH(FIX_REQUEST, "use a pool of another mode"),
    ADDRESS_OUTSIDE_POOLS(FIX_REQUEST, "request an address of a pool that serves this pod"),
    ADDRESS_RESERVED(FIX_REQUEST, "request another address"),
    ADDRESS_IN_USE(FIX_REQUEST, "request another address, or delete its holder"),
    ADDRESS_ELSEWHERE(
            FIX_REQUEST,
            "request another address, or start the pod on the node that owns the block"),
    DELETED_MEANWHILE(FIX_REQUEST, "start again with a new ADD; this one was overtaken by its DEL"),
    NOT_ALLOCATED(FIX_REQUEST, "ADD the attachment again"),
    ADDRESSES_DIFFER(FIX_REQUEST, "DEL and ADD the attachment again"),
    GC_BRAKE(
            FIX_REQUEST,
            "look with croft gc --dry-run; free what is surely gone with croft ip release"),
    PEER_DENIED(FIX_REQUEST, "call as root"),
    POOL_EXISTS(FIX_REQUEST, "choose another name, or change the pool with croft pool apply"),
    RANGE_OVERLAPS(FIX_REQUEST, "choose a range that overlaps neither"),
    POOL_CHANGED(FIX_REQUEST, "read the pool again and repeat the change"),
    POOL_IMMUTABLE(FIX_REQUEST, "make a new pool and drain this one"),
    POOL_NOT_EMPTY(FIX_REQUEST, "delete or move the pods that hold its addresses, then repeat"),
    EXTERNAL_RANGE(FIX_REQUEST, "look with croft external list"),
    NODE_UNKNOWN(FIX_REQUEST, "name a node of croft node list"),
    NODE_LIVE(FIX_REQUEST, "power the machine off and repeat after 45 s"),
    NODE_NOT_EMPTY(FIX_REQUEST, "drain the node's pods, then repeat"),

    STATE_VIOLATION(
            CALL_OPERATOR,
            "look at croft status and the agent's log; the block gives no more addresses"),
    INTERNAL(CALL_OPERATOR, "look at the agent's log and report the defect"),
    JOURNAL_UNUSABLE(CALL_OPERATOR, "see the agent's log and docs/runbooks/journal-lost.md"),
    INSTALL_SUPERSEDED(
            CALL_OPERATOR, "stop the other agent, or reboot the machine that was copied"),
    CANNOT_START(CALL_OPERATOR, "correct the configuration or the state directory and start again"),

    NODE_NAME_TAKEN(CALL_OPERATOR, "give each machine a name of its own, or stop the other agent"),
    STORE_FROZEN(CALL_OPERATOR, "see docs/runbooks/etcd-restored.md; croft store unfreeze ends it"),
    STORE_DENIED(CALL_OPERATOR, "correct the user, the password file or the role in etcd"),
    STORE_FULL(CALL_OPERATOR, "compact and defragment etcd, raise its quota, disarm the alarm"),
    STORE_UNUSABLE(CALL_OPERATOR, "correct --store or --cluster, or make it with croft store init"),

    OUTCOME_UNKNOWN(
            Action.OUTCOME_UNKNOWN, "look whether the change was made, then repeat it if not");

    private final Action action;
    private final String remedy;

    Reason(Action action, String remedy) {
        this.action = action;
        this.remedy = remedy;
    }

    public Action action() {
        return action;
    }

    /** What to do where the rejection itself says nothing better. */
    public String remedy() {
        return remedy;
    }

    /**
     * A rejection for this reason. The message is one sentence without a full stop, facts included.
     */
    public Rejection because(String message) {
        return new Rejection(this, message, remedy, Map.of());
    }
}
