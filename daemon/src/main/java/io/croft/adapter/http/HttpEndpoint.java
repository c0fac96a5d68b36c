package io.croft.adapter.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.croft.core.rejection.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, {@code /livez} and {@code /readyz}. Reads only, for GET and HEAD; few threads,
 * few connections, bounded in size and time, so that a scraper can harm nobody but other scrapers.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int MOST_WAITING = 16;
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** The JDK's server knows its limits by these names only, and reads them once. */
    private static final Map<String, String> LIMITS =
            Map.of(
                    "sun.net.httpserver.maxReqTime", "5",
                    "sun.net.httpserver.maxRspTime", "10",
                    "sun.net.httpserver.maxReqHeaders", "64",
                    "sun.net.httpserver.maxReqHeaderSize", "16384",
                    "sun.net.httpserver.maxIdleConnections", "16",
                    "sun.net.httpserver.idleInterval", "30",
                    "sun.net.httpserver.drainAmount", "1024",
                    "jdk.httpserver.maxConnections", "32");

    private final InetSocketAddress address;
    private final Map<String, Supplier<Reply>> pages;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    30,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MOST_WAITING),
                    Thread.ofPlatform().daemon().name("croft-http-", 0).factory());
    private @Nullable HttpServer server;

    private record Reply(int status, String type, String body) {
        static Reply text(int status, String text) {
            return new Reply(status, PLAIN, text + "\n");
        }
    }

    /**
     * @param metrics asked at each scrape
     * @param live whether the process does its work at all
     * @param ready whether it should be sent requests
     */
    public HttpEndpoint(
            InetSocketAddress address,
            String metricsType,
            Supplier<String> metrics,
            BooleanSupplier live,
            BooleanSupplier ready) {
        this.address = address;
        this.pages =
                Map.of(
                        "/metrics", () -> new Reply(200, metricsType, metrics.get()),
                        "/livez", () -> probe(live),
                        "/readyz", () -> probe(ready));
        threads.allowCoreThreadTimeOut(true);
    }

    private static Reply probe(BooleanSupplier good) {
        return good.getAsBoolean() ? Reply.text(200, "ok") : Reply.text(503, "not ok");
    }

    /** Binds and answers, once. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        try {
            HttpServer bound = HttpServer.create(address, MOST_WAITING);
            bound.createContext("/", this::answer);
            bound.setExecutor(threads);
            bound.start();
            server = bound;
        } catch (IOException e) {
            String text = address.getAddress().getHostAddress() + ":" + address.getPort();
            throw Reason.CANNOT_START
                    .because("metrics-address \"%s\" cannot be bound: %s".formatted(text, e))
                    .remedy("end what listens there, or choose another with --metrics-address")
                    .with("field", "metrics-address")
                    .with("value", text)
                    .asException();
        }
    }

    /** Where it listens, the port that was chosen for port 0 included. */
    public synchronized InetSocketAddress address() {
        return server == null ? address : server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply = reply(exchange);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", reply.type());
            headers.set("X-Content-Type-Options", "nosniff");
            if (reply.status() == 405) {
                headers.set("Allow", "GET, HEAD");
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Reply reply(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        Supplier<Reply> page = pages.get(String.valueOf(exchange.getRequestURI().getPath()));
        if (page == null) {
            return Reply.text(404, "there are /metrics, /livez and /readyz");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Reply.text(405, "GET or HEAD");
        }
        try {
            return page.get();
        } catch (RuntimeException defect) {
            return Reply.text(500, "the page could not be made");
        }
    }

    /** Ends at once; scrapes that run are cut off. */
    @Override
    public synchronized void close() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
        threads.shutdownNow();
    }
}
