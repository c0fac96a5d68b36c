package io.croft.adapter.grpc;

import com.google.protobuf.util.Durations;
import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import io.croft.proto.v1.Condition;
import io.croft.proto.v1.GetAgentResponse;

/** What an agent answers when it is asked how it does. */
final class AgentCalls {
    private AgentCalls() {}

    static GetAgentResponse write(AgentFacts facts, NodeView node, Moment now) {
        int owned = 0;
        int held = 0;
        int resting = 0;
        for (Block block : node.blocks()) {
            owned += block.isOwned() ? 1 : 0;
            held += block.held();
            resting += block.resting(now.boot(), node.cooldown(block.id().pool()));
        }
        return GetAgentResponse.newBuilder()
                .setNode(facts.node())
                .setInstallId(facts.installId())
                .setVersion(facts.version())
                .setStore(facts.store())
                .setServing(facts.notServing().isEmpty())
                .setUptime(Durations.fromNanos(facts.uptime().toNanos()))
                .setPools(node.pools().size())
                .setBlocks(owned)
                .setAllocations(node.allocations().size())
                .setHeld(held)
                .setResting(resting)
                .setJournalSequence(facts.journalSequence())
                .setJournalBytes(facts.journalBytes())
                .addAllConditions(
                        facts.conditions().stream()
                                .map(each ->
                                        Condition.newBuilder()
                                                .setType(each.type())
                                                .setMessage(each.message())
                                                .build())
                                .toList())
                .build();
    }
}
