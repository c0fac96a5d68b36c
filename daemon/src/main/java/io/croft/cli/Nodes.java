package io.croft.cli;

import io.croft.proto.v1.Node;
import java.util.List;

/** Nodes for people. */
final class Nodes {
    private Nodes() {}

    static Table<Node> table() {
        return new Table<Node>()
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .column("NODE", Node::getName)
                .column("INSTALL", Node::getInstallId)
                .column("LIVE", node -> node.getLive() ? "yes" : "no")
                .column("CURRENT", node -> node.getCurrent() ? "yes" : "no")
                .column("BLOCKS", node -> Long.toString(node.getBlocks()))
                .column("VERSION", Node::getVersion);
    }

    /** All installs of one node, the current one first. */
    static String text(List<Node> nodes) {
        var text = new StringBuilder();
        for (Node node : nodes) {
            text.append(text.isEmpty() ? "" : "\n").append(text(node));
        }
        return text.toString();
    }

    private static String text(Node node) {
        return new Facts()
                .add("node", node.getName())
                .add("install", node.getInstallId())
                .add("live", node.getLive() ? "yes" : "no")
                .add("current", node.getCurrent() ? "yes" : "no, a former life of the node")
                .add("blocks", node.getBlocks())
                .add("boot", node.getBootId())
                .add("hardware", node.getHardwareId())
                .add("machine id", node.getMachineId())
                .add("incarnation", node.getIncarnation())
                .add("version", node.getVersion())
                .text();
    }
}
