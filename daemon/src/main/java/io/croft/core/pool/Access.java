package io.croft.core.pool;

import io.croft.core.rejection.Rejection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who may use a pool, and how eagerly it offers itself.
 *
 * @param namespaces pod namespaces that alone may use it; empty: everybody who names it
 * @param nodes node names or {@code KEY=VALUE} labels that alone may use it; empty: all
 * @param byDefault whether it serves pods that no other pool wants
 * @param priority higher goes first among equals
 */
public record Access(List<Glob> namespaces, List<Glob> nodes, boolean byDefault, int priority) {
    /** Everybody on every node, by name only. */
    public static final Access OPEN = new Access(List.of(), List.of(), false, 0);

    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public Access {
        namespaces = List.copyOf(namespaces);
        nodes = List.copyOf(nodes);
        if (byDefault && !namespaces.isEmpty()) {
            throw Rejection.invalid(
                            "default",
                            "true",
                            "a pool kept for namespaces cannot be a default pool")
                    .remedy("leave out --default or --namespace")
                    .asException();
        }
    }

    /**
     * Refuses a namespace that Kubernetes cannot have. Asked where a pool is made or changed: one
     * that is there stays as it is.
     */
    public void checkNamespaces() {
        for (Glob each : namespaces) {
            if (each.isExact() && !NAMESPACE.matcher(each.text()).matches()) {
                throw Rejection.invalid(
                                "namespaces",
                                each.text(),
                                "no namespace has such a name: 1 to 63 lower case letters, digits"
                                        + " or '-', with a letter or digit at both ends")
                        .remedy("correct the name, or write a pattern with * or ?")
                        .asException();
            }
        }
    }

    /** Whether a pod of that namespace may use the pool; the empty namespace matches no entry. */
    public boolean allowsNamespace(String namespace) {
        return namespaces.isEmpty() || matchesNamespace(namespace);
    }

    /** Whether the pool asks for that namespace by exact name. */
    public boolean namesNamespace(String namespace) {
        return !namespace.isEmpty()
                && namespaces.stream().anyMatch(g -> g.isExact() && g.matches(namespace));
    }

    /** Whether the pool asks for that namespace, by name or by pattern. */
    public boolean matchesNamespace(String namespace) {
        return !namespace.isEmpty() && namespaces.stream().anyMatch(g -> g.matches(namespace));
    }

    /** Whether a node of that name and with those labels may use the pool. */
    public boolean allowsNode(String name, Map<String, String> labels) {
        return nodes.isEmpty()
                || nodes.stream().anyMatch(entry -> matchesNode(entry, name, labels));
    }

    private static boolean matchesNode(Glob entry, String name, Map<String, String> labels) {
        int equals = entry.text().indexOf('=');
        return equals < 0
                ? entry.matches(name)
                : entry.text()
                        .substring(equals + 1)
                        .equals(labels.get(entry.text().substring(0, equals)));
    }
}
