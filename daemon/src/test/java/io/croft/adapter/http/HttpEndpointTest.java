package io.croft.adapter.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final AtomicBoolean broken = new AtomicBoolean();
    private final HttpEndpoint endpoint = endpoint(ANY_PORT);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() {
        endpoint.start();
    }

    @AfterEach
    void close() {
        endpoint.close();
        client.close();
    }

    @Test
    void showsMetrics() throws Exception {
        HttpResponse<String> page = send("GET", "/metrics");
        assertEquals(200, page.statusCode());
        assertEquals("croft_x 1\n", page.body());
        assertEquals("text/x", page.headers().firstValue("Content-Type").orElse(""));
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        HttpResponse<String> page = send("HEAD", "/metrics");
        assertEquals(200, page.statusCode());
        assertEquals("", page.body());
    }

    @Test
    void saysWhetherItIsReady() throws Exception {
        assertEquals(200, send("GET", "/readyz").statusCode());
        ready.set(false);
        assertEquals(503, send("GET", "/readyz").statusCode());
        assertEquals(200, send("GET", "/livez").statusCode());
    }

    @Test
    void refusesOtherPathsAndMethods() throws Exception {
        assertEquals(404, send("GET", "/").statusCode());
        assertEquals(404, send("GET", "/metricsx").statusCode());
        HttpResponse<String> refused = send("POST", "/metrics");
        assertEquals(405, refused.statusCode());
        assertEquals("GET, HEAD", refused.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void staysUpWhenAPageCannotBeMade() throws Exception {
        broken.set(true);
        assertEquals(500, send("GET", "/metrics").statusCode());
        broken.set(false);
        assertEquals(200, send("GET", "/metrics").statusCode());
    }

    @Test
    void refusesAPortThatIsInUseByName() {
        var second = endpoint(endpoint.address());
        var refused = assertThrows(RejectedException.class, second::start);
        second.close();
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        assertTrue(
                refused.rejection().message().contains(":" + endpoint.address().getPort()),
                refused.rejection()::message);
    }

    @Test
    void startsAndEndsOnce() throws IOException {
        endpoint.start();
        endpoint.close();
        endpoint.close();
        assertThrows(IOException.class, () -> send("GET", "/livez"));
    }

    private HttpEndpoint endpoint(InetSocketAddress address) {
        return new HttpEndpoint(address, "text/x", this::metrics, () -> true, ready::get);
    }

    private String metrics() {
        if (broken.get()) {
            throw new IllegalStateException("broken");
        }
        return "croft_x 1\n";
    }

    private HttpResponse<String> send(String method, String path)
            throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        var request =
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
