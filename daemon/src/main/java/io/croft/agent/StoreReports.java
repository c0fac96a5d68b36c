package io.croft.agent;

import com.google.protobuf.Timestamp;
import io.croft.adapter.etcd.Audit;
import io.croft.adapter.etcd.Finding;
import io.croft.adapter.etcd.FrozenInstall;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.adapter.etcd.StoreSetup;
import io.croft.adapter.etcd.Unfrozen;
import io.croft.node.port.StoreState;
import io.croft.proto.v1.AuditFinding;
import io.croft.proto.v1.AuditReport;
import io.croft.proto.v1.AuditSeverity;
import io.croft.proto.v1.MissingInstall;
import io.croft.proto.v1.SpokenInstall;
import io.croft.proto.v1.StoreGrant;
import io.croft.proto.v1.StoreInit;
import io.croft.proto.v1.StoreMember;
import io.croft.proto.v1.StoreMigration;
import io.croft.proto.v1.StoreStanding;
import io.croft.proto.v1.StoreStatus;
import java.util.List;

/**
 * What commands tell of a cluster's etcd, in the words of the API.
 *
 * @param store where its keys stand, for people
 */
record StoreReports(String store) {
    StoreInit init(StoreSetup.Made made) {
        return StoreInit.newBuilder()
                .setStore(store)
                .setClusterUid(made.cluster().toString())
                .setGeneration(made.generation())
                .setMade(made.isNew())
                .build();
    }

    StoreGrant grant(String user, JetcdEtcd.Granted granted) {
        return StoreGrant.newBuilder()
                .setStore(store)
                .setUser(user)
                .setRole(granted.role())
                .setPrefix(granted.prefix())
                .addAllChanges(granted.changes())
                .build();
    }

    /** The installs are those of a freeze; only who is missing is told. */
    StoreStatus status(io.croft.adapter.etcd.StoreStatus now, List<FrozenInstall> installs) {
        var status =
                StoreStatus.newBuilder()
                        .setStore(store)
                        .setClusterUid(now.cluster().toString())
                        .setOwner(now.owner())
                        .setFormat(now.format())
                        .setGeneration(now.generation())
                        .setInstalls(now.installs())
                        .setLive(now.live())
                        .setPools(now.pools())
                        .setExternalRanges(now.external())
                        .setBlocks(now.blocks())
                        .setOwnedBlocks(now.owned())
                        .setMigrating(now.isMigrating())
                        .addAllMissing(missing(installs));
        now.servers()
                .forEach(each ->
                        status.addMembers(
                                StoreMember.newBuilder()
                                        .setEndpoint(each.endpoint())
                                        .setVersion(each.version())
                                        .setLeader(each.isLeader())
                                        .setDatabaseBytes(each.databaseBytes())
                                        .setRaftTerm(each.term())
                                        .setRaftIndex(each.index())));
        now.frozen()
                .ifPresent(frozen ->
                        status.setFrozen(true)
                                .setFreeze(frozen.id())
                                .setFrozenBecause(frozen.because())
                                .setFrozenAt(
                                        Timestamp.newBuilder()
                                                .setSeconds(frozen.since().getEpochSecond())));
        return status.build();
    }

    private static List<MissingInstall> missing(List<FrozenInstall> installs) {
        return installs.stream()
                .flatMap(each ->
                        each.missing().stream()
                                .map(why ->
                                        MissingInstall.newBuilder()
                                                .setNode(each.node())
                                                .setInstallId(each.install().toString())
                                                .setWhy(why)
                                                .build()))
                .toList();
    }

    StoreStanding state(StoreState state) {
        return StoreStanding.newBuilder()
                .setStore(store)
                .setGeneration(state.generation())
                .setFrozen(state.frozen())
                .setFreeze(state.freeze().orElse(""))
                .build();
    }

    StoreStanding unfrozen(Unfrozen ended) {
        return state(ended.state()).toBuilder()
                .addAllSpoke(
                        ended.installs().stream()
                                .filter(each -> each.missing().isEmpty())
                                .map(each ->
                                        SpokenInstall.newBuilder()
                                                .setNode(each.node())
                                                .setInstallId(each.install().toString())
                                                .build())
                                .toList())
                .addAllNamed(missing(ended.installs()))
                .build();
    }

    AuditReport audit(Audit.Report report) {
        return AuditReport.newBuilder()
                .setStore(store)
                .addAllFindings(report.findings().stream().map(StoreReports::write).toList())
                .setLeft(report.left())
                .setChanged(report.changed())
                .setInstalls(report.installs())
                .setPools(report.pools())
                .setBlocks(report.blocks())
                .setOwnedBlocks(report.owned())
                .build();
    }

    private static AuditFinding write(Finding finding) {
        return AuditFinding.newBuilder()
                .setSeverity(
                        switch (finding.severity()) {
                            case DANGER -> AuditSeverity.AUDIT_SEVERITY_DANGER;
                            case WASTE -> AuditSeverity.AUDIT_SEVERITY_WASTE;
                            case NOTE -> AuditSeverity.AUDIT_SEVERITY_NOTE;
                        })
                .setKey(finding.key())
                .setMessage(finding.sentence())
                .setRemedy(finding.remedy())
                .build();
    }

    StoreMigration migration(StoreMigration done) {
        return done.toBuilder().setStore(store).build();
    }
}
