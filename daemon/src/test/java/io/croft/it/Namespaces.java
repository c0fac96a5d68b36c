package io.croft.it;

import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Real network namespaces, whose names nobody else uses; they go at the end. */
final class Namespaces implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    /** Tests may run side by side. */
    private final String prefix =
            "croft-it-%d-%d-".formatted(ProcessHandle.current().pid(), MADE.incrementAndGet());

    private final List<String> made = new ArrayList<>();

    /** Makes one; its full name. */
    String add(String name) {
        Program.run("ip", "netns", "add", prefix + name).expectSuccess();
        made.add(prefix + name);
        return prefix + name;
    }

    /** A pod whose container has the name of a new namespace, and is in it. */
    Pod pod(String name) {
        return at(add(name));
    }

    /** The pod in a namespace of that full name. */
    static Pod at(String namespace) {
        return Pod.of(namespace, Path.of("/run/netns", namespace));
    }

    void remove(Pod pod) {
        Program.run("ip", "netns", "del", pod.container()).expectSuccess();
        made.remove(pod.container());
    }

    /** Runs a program in one, to a good end. */
    static void in(String namespace, String... command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command));
        Program.run(words, Map.of(), "").expectSuccess();
    }

    @Override
    public void close() {
        made.forEach(name -> Program.run("ip", "netns", "del", name));
        made.clear();
    }
}
