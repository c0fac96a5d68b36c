package io.croft.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The ways between the machines and etcd, and what is wrong with them now. */
final class Network {
    /** Of one machine's way. */
    enum Weather {
        FINE,
        /** Packets are dropped: nothing fails at once. */
        CUT,
        /** Requests arrive, replies do not. */
        ONE_WAY,
        /** Nobody listens there. */
        REFUSED,
        /** etcd refuses the client. */
        DENIED
    }

    /** One machine's end. */
    static final class Place {
        private final String name;
        private Weather weather = Weather.FINE;
        private long connection;

        Place(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        Weather weather() {
            return weather;
        }

        void become(Weather next) {
            weather = next;
        }

        /** Changes when the member that it talks to ends. */
        long connection() {
            return connection;
        }
    }

    private final List<SimLink> links = new ArrayList<>();
    private long connection;
    private int lossPerMille;
    private int slowness = 1;
    private int doublesPerMille;
    private int heldPerMille;
    private boolean silent;
    private boolean full;
    private boolean down;

    void join(SimLink link) {
        links.add(link);
    }

    void leave(SimLink link) {
        links.remove(link);
    }

    /** Changes when etcd's servers start anew: what was under way is gone. */
    long connection() {
        return connection;
    }

    /** All connections end; what was not carried out yet never is. */
    void restart() {
        connection++;
        List.copyOf(links).forEach(SimLink::lose);
    }

    /** The member of one client ends: what it sent there and what is under way is gone. */
    void restart(Place place) {
        place.connection++;
        List.copyOf(links).stream().filter(link -> link.isOf(place)).forEach(SimLink::lose);
    }

    /** All of etcd is stopped, or answers again. */
    void down(boolean now) {
        if (now && !down) {
            restart();
        }
        down = now;
    }

    boolean isDown() {
        return down;
    }

    void lossy(int perMille) {
        lossPerMille = perMille;
    }

    void slow(int times) {
        slowness = times;
    }

    /** Some requests lie somewhere for long before they arrive. */
    void holding(int perMille) {
        heldPerMille = perMille;
    }

    /** How long one lies there; mostly not at all. */
    Duration held(Random random) {
        return heldPerMille > 0 && random.nextInt(1000) < heldPerMille
                ? Duration.ofMillis(random.nextInt(150_000))
                : Duration.ZERO;
    }

    /** Some requests arrive twice. */
    void doubling(int perMille) {
        doublesPerMille = perMille;
    }

    boolean doubles(Random random) {
        return doublesPerMille > 0 && random.nextInt(1000) < doublesPerMille;
    }

    /** Watches say nothing. */
    void silent(boolean now) {
        silent = now;
    }

    boolean isSilent() {
        return silent;
    }

    void full(boolean now) {
        full = now;
    }

    boolean isFull() {
        return full;
    }

    boolean loses(Random random) {
        return lossPerMille > 0 && random.nextInt(1000) < lossPerMille;
    }

    /** Mostly a few milliseconds, now and then much more. */
    Duration delay(Random random) {
        long micros = 200L + random.nextInt(3_000);
        if (random.nextInt(200) == 0) {
            micros += random.nextInt(1_500_000);
        }
        return Duration.ofNanos(micros * 1_000).multipliedBy(slowness);
    }
}
