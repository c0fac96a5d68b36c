package io.croft.testing.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an etcd member counted since its start: its metrics by name, with their labels as they stand
 * there. Two of them subtracted are what happened in between.
 */
public record EtcdFigures(Map<String, Double> samples) {
    private static final String HANDLED = "grpc_server_handled_total";
    private static final String RECEIVED = "etcd_network_client_grpc_received_bytes_total";
    private static final String SENT = "etcd_network_client_grpc_sent_bytes_total";

    public EtcdFigures {
        samples = Map.copyOf(samples);
    }

    /** Asks the member at that endpoint, as {@code http://127.0.0.1:2379}. */
    public static EtcdFigures of(String endpoint) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(endpoint + "/metrics")).build();
            return parse(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static EtcdFigures parse(String text) {
        Map<String, Double> samples = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            int end = line.lastIndexOf(' ');
            if (end > 0 && !line.startsWith("#")) {
                samples.merge(
                        line.substring(0, end),
                        Double.parseDouble(line.substring(end + 1)),
                        Double::sum);
            }
        }
        return new EtcdFigures(samples);
    }

    /** What was counted since then. */
    public EtcdFigures since(EtcdFigures before) {
        Map<String, Double> difference = new TreeMap<>();
        samples.forEach((name, value) ->
                difference.put(name, value - before.samples.getOrDefault(name, 0.0)));
        return new EtcdFigures(difference);
    }

    /** The sum over all samples of that name that carry a label. */
    public double sum(String name, String label) {
        return samples.entrySet().stream()
                .filter(each ->
                        each.getKey().equals(name)
                                || (each.getKey().startsWith(name + "{")
                                        && each.getKey().contains(label)))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Requests that were answered, of all kinds. */
    public long requests() {
        return Math.round(sum(HANDLED, ""));
    }

    /** Requests of one kind that were answered, as {@code Txn}. */
    public long requests(String method) {
        return Math.round(sum(HANDLED, "grpc_method=\"" + method + "\""));
    }

    /** Requests by kind, those that came at all. */
    public Map<String, Long> kinds() {
        Map<String, Long> kinds = new TreeMap<>();
        samples.forEach((name, value) -> {
            int at = name.indexOf("grpc_method=\"");
            if (name.startsWith(HANDLED) && at > 0 && value > 0) {
                int from = at + "grpc_method=\"".length();
                kinds.merge(
                        name.substring(from, name.indexOf('"', from)),
                        Math.round(value),
                        Long::sum);
            }
        });
        return kinds;
    }

    /** Bytes that clients sent. */
    public long received() {
        return Math.round(sum(RECEIVED, ""));
    }

    /** Bytes that clients were sent. */
    public long sent() {
        return Math.round(sum(SENT, ""));
    }
}
