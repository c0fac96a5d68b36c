package io.croft.cli;

import io.croft.proto.v1.Block;
import io.croft.proto.v1.ClusterBlock;
import io.croft.proto.v1.ListBlocksRequest;
import io.croft.proto.v1.ListClusterBlocksRequest;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft block list}. */
@Command(
        name = "list",
        description = "Lists the blocks of this node, or of the whole cluster.",
        footer = {
            "",
            "Examples:",
            "  croft block list",
            "  croft block list --cluster --pool pods"
        })
final class BlockListCommand extends AgentCall {
    @Option(names = "--pool", paramLabel = "NAME", description = "Only blocks of this pool.")
    private String pool = "";

    @Option(
            names = "--cluster",
            description = "All blocks that are owned or were, as the store knows them.")
    private boolean cluster;

    @Override
    Exit ask(Admin agent, Output output) {
        if (cluster) {
            ofCluster(agent, output);
        } else {
            ofNode(agent, output);
        }
        return Exit.OK;
    }

    private void ofCluster(Admin agent, Output output) {
        var request = ListClusterBlocksRequest.newBuilder().setPool(pool).build();
        output.list(
                Pages.of(agent.list().listClusterBlocks(request), page -> page.getBlocksList()),
                new Table<ClusterBlock>()
                        .column("BLOCK", ClusterBlock::getCidr)
                        .column("POOL", ClusterBlock::getPool)
                        .column(
                                "STATE",
                                each -> Pools.word(each.getState().name(), "CLUSTER_BLOCK_STATE_"))
                        .column("NODE", ClusterBlock::getNode)
                        .column("INSTALL", ClusterBlock::getInstallId)
                        .column("EPOCH", each -> each.getGeneration() + "." + each.getEpoch()),
                "no blocks");
    }

    private void ofNode(Admin agent, Output output) {
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
    }

    private static String state(Block block) {
        String state = Pools.word(block.getState().name(), "BLOCK_STATE_");
        String cause = block.getCause().toLowerCase(Locale.ROOT).replace('_', ' ');
        return cause.isEmpty() ? state : state + " (" + cause + ")";
    }
}
