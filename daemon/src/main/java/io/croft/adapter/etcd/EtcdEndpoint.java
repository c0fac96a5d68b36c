package io.croft.adapter.etcd;

import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One address at which etcd listens.
 *
 * @param secure https
 * @param host an IPv4 address, an IPv6 address without brackets, or a name that the host resolves
 */
public record EtcdEndpoint(boolean secure, String host, int port) {
    private static final String WRITTEN =
            "must be as http://10.0.0.1:2379 or https://[fd00::1]:2379";

    private static final Pattern URL =
            Pattern.compile("(https?)://(\\[[^\\[\\]]*\\]|[^:/?#@\\[\\]]*):(\\d{1,5})/?");

    private static final Pattern NAME =
            Pattern.compile(
                    "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
                            + "(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    /** More are a mistake: etcd has up to seven members. */
    private static final int MOST = 16;

    /**
     * Reads a list with commas.
     *
     * @param resolver tells which names only the cluster's own DNS would resolve
     */
    static List<EtcdEndpoint> list(String store, Resolver resolver) {
        var endpoints = new ArrayList<EtcdEndpoint>();
        for (String url : store.split(",", -1)) {
            EtcdEndpoint endpoint = parse(url.strip(), resolver);
            if (endpoints.contains(endpoint)) {
                throw refuse(url, "is named twice");
            }
            endpoints.add(endpoint);
        }
        if (endpoints.size() > MOST) {
            throw refuse(
                    store, "names %d endpoints; most are %d".formatted(endpoints.size(), MOST));
        }
        return endpoints;
    }

    private static EtcdEndpoint parse(String url, Resolver resolver) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw refuse(url, WRITTEN);
        }
        int port = Integer.parseInt(parts.group(3));
        if (port < 1 || port > 65_535) {
            throw refuse(url, "the port must be 1 to 65535");
        }
        return new EtcdEndpoint(
                parts.group(1).equals("https"), host(url, parts.group(2), resolver), port);
    }

    private static String host(String url, String text, Resolver resolver) {
        if (text.startsWith("[") || text.matches("[0-9.]+")) {
            String literal = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
            try {
                String canonical = InetAddress.ofLiteral(literal).getHostAddress();
                if (text.startsWith("[") == literal.contains(":") && !literal.contains("%")) {
                    return text.startsWith("[") ? literal : same(canonical, literal);
                }
            } catch (IllegalArgumentException refused) {
                // Said below, with the whole value.
            }
            throw refuse(url, WRITTEN);
        }
        String name = text.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        if (!NAME.matcher(name).matches()) {
            throw refuse(url, WRITTEN);
        }
        resolver.objection(name)
                .ifPresent(why -> {
                    throw Rejection.invalid(EtcdAccess.STORE, url, why)
                            .remedy(
                                    "name an IP address, or a name that the host resolves"
                                            + " by itself")
                            .asException();
                });
        return name;
    }

    private static String same(String canonical, String literal) {
        if (!canonical.equals(literal)) {
            // "10.1" and "010.0.0.1" mean different things to different programs.
            throw new IllegalArgumentException(literal);
        }
        return literal;
    }

    private static RejectedException refuse(String value, String why) {
        return Rejection.invalid(EtcdAccess.STORE, value, why).asException();
    }

    @Override
    public String toString() {
        return "%s://%s:%d"
                .formatted(
                        secure ? "https" : "http",
                        host.contains(":") ? "[" + host + "]" : host,
                        port);
    }
}
