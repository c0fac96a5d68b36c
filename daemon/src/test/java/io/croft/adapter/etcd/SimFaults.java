package io.croft.adapter.etcd;

/** Counts the calls of a simulated etcd, and knows which of them meets what. */
final class SimFaults {
    private int calls;
    private int faultAt = -1;
    private SimEtcd.Fault fault = SimEtcd.Fault.NONE;
    private int runAt = -1;
    private Runnable meanwhile = () -> {};

    void fault(int number, SimEtcd.Fault next) {
        calls = 0;
        faultAt = number;
        fault = next;
    }

    void before(int number, Runnable something) {
        runAt = calls + number;
        meanwhile = something;
    }

    int calls() {
        return calls;
    }

    /** What happens right before the next call. */
    Runnable takeMeanwhile() {
        if (calls + 1 != runAt) {
            return () -> {};
        }
        runAt = -1;
        return meanwhile;
    }

    /** Counts a call; what becomes of it. */
    SimEtcd.Fault next() {
        calls++;
        return calls == faultAt ? fault : SimEtcd.Fault.NONE;
    }
}
