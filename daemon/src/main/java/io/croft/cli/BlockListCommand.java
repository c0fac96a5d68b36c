package io.croft.cli;

import io.croft.proto.v1.Block;
import io.croft.proto.v1.ListBlocksRequest;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft block list}. */
@Command(
        name = "list",
        description = "Lists the blocks of this node.",
        footer = {"", "Examples:", "  croft block list", "  croft block list --pool pods"})
final class BlockListCommand extends AgentCall {
    @Option(names = "--pool", paramLabel = "NAME", description = "Only blocks of this pool.")
    private String pool = "";

    @Override
    Exit ask(Admin agent, Output output) {
        var request = ListBlocksRequest.newBuilder().setPool(pool).build();
        output.list(
                Pages.of(agent.list().listBlocks(request), page -> page.getBlocksList()),
                new Table<Block>()
                        .column("BLOCK", Block::getCidr)
                        .column("POOL", Block::getPool)
                        .column("STATE", BlockListCommand::state)
                        .column("HELD", block -> Integer.toString(block.getHeld()))
                        .column("RESTING", block -> Integer.toString(block.getResting()))
                        .column("FREE", block -> Integer.toString(block.getFree())),
                "no blocks");
        return Exit.OK;
    }

    private static String state(Block block) {
        String state = Pools.word(block.getState().name(), "BLOCK_STATE_");
        String cause = block.getCause().toLowerCase(Locale.ROOT).replace('_', ' ');
        return cause.isEmpty() ? state : state + " (" + cause + ")";
    }
}
