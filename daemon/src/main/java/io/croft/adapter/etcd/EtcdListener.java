package io.croft.adapter.etcd;

import java.time.Duration;

/** Hears how calls to etcd end, for metrics. Any thread; quick, and never throws. */
@FunctionalInterface
public interface EtcdListener {
    /**
     * A call ended.
     *
     * @param kind read, write, lease or status
     * @param outcome ok, or the refusal's reason in lower case
     */
    void answered(String kind, String outcome, Duration took);
}
