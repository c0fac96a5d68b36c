package io.croft.adapter.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.FailedStage;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGetRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthRoleListRequest;
import io.etcd.jetcd.api.AuthRoleRevokePermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserChangePasswordRequest;
import io.etcd.jetcd.api.AuthUserGetRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.AuthUserListRequest;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A user of etcd who may read and write the keys of one cluster and nothing else, and the role that
 * says so. Made for one use.
 *
 * <p>What is there already stays, so that a repetition changes nothing, not even etcd's revision of
 * its users, at which every client fetches a new token. A user who has other roles is refused
 * before anything is changed; permissions of the role that are not of this cluster are taken from
 * it.
 */
final class UserGrant {
    /** The field of {@code AuthUserAddRequest} that jetcd does not know: UserAddOptions. */
    private static final int OPTIONS = 3;

    private static final int NO_PASSWORD = 1;

    /** What etcd says of a user who was made without one. */
    private static final String NEVER_A_PASSWORD = "no password user";

    private static final CompletableFuture<Void> NOTHING = CompletableFuture.allOf();

    private final AuthCalls etcd;
    private final Permission wanted;
    private final String role;
    private final String user;
    private final Optional<PasswordFile> password;
    private final List<String> changes = new ArrayList<>();

    UserGrant(
            AuthCalls etcd, Keys keys, String role, String user, Optional<PasswordFile> password) {
        this.etcd = etcd;
        this.role = role;
        this.user = user;
        this.password = password;
        this.wanted =
                Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(ByteString.copyFromUtf8(keys.all().from()))
                        .setRangeEnd(ByteString.copyFromUtf8(keys.all().to()))
                        .build();
    }

    /** Makes what is missing; the changes in words, none if all was so. */
    CompletionStage<List<String>> make() {
        // Before the first change: a file that cannot be used is refused.
        Optional<String> secret = password.map(PasswordFile::read);
        return userRoles()
                .thenCompose(roles -> {
                    roles.ifPresent(this::refuseOthers);
                    return role().thenCompose(_ -> user(roles, secret));
                })
                .thenApply(_ -> List.copyOf(changes));
    }

    /** Empty: there is no such user. */
    private CompletionStage<Optional<List<String>>> userRoles() {
        return etcd.read(AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance())
                .thenCompose(all ->
                        all.getUsersList().contains(user)
                                ? etcd.read(
                                                AuthGrpc.getUserGetMethod(),
                                                AuthUserGetRequest.newBuilder()
                                                        .setName(user)
                                                        .build())
                                        .thenApply(
                                                one -> Optional.of(List.copyOf(one.getRolesList())))
                                : CompletableFuture.completedFuture(Optional.empty()));
    }

    private void refuseOthers(List<String> roles) {
        List<String> others = roles.stream().filter(each -> !each.equals(role)).toList();
        if (!others.isEmpty()) {
            throw Rejection.invalid(
                            "user",
                            user,
                            "has other roles: %s".formatted(String.join(", ", others)))
                    .remedy("name a user who is for this cluster alone, or take those roles away")
                    .asException();
        }
    }

    private CompletionStage<Void> role() {
        return etcd.read(AuthGrpc.getRoleListMethod(), AuthRoleListRequest.getDefaultInstance())
                .thenCompose(all -> {
                    if (all.getRolesList().contains(role)) {
                        return etcd.read(
                                        AuthGrpc.getRoleGetMethod(),
                                        AuthRoleGetRequest.newBuilder().setRole(role).build())
                                .thenCompose(now -> permissions(now.getPermList()));
                    }
                    return etcd.change(
                                    AuthGrpc.getRoleAddMethod(),
                                    AuthRoleAddRequest.newBuilder().setName(role).build())
                            .thenCompose(_ -> {
                                changes.add("role %s made".formatted(role));
                                return permissions(List.of());
                            });
                });
    }

    private CompletionStage<Void> permissions(List<Permission> now) {
        CompletionStage<Void> last = NOTHING;
        for (Permission each : now) {
            if (!each.equals(wanted)) {
                last = last.thenCompose(_ -> revoke(each));
            }
        }
        return now.contains(wanted) ? last : last.thenCompose(_ -> permit());
    }

    private CompletionStage<Void> revoke(Permission other) {
        var request =
                AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role)
                        .setKey(other.getKey())
                        .setRangeEnd(other.getRangeEnd());
        return etcd.change(AuthGrpc.getRoleRevokePermissionMethod(), request.build())
                .thenAccept(_ ->
                        changes.add(
                                "permission for %s taken from role %s"
                                        .formatted(other.getKey().toStringUtf8(), role)));
    }

    private CompletionStage<Void> permit() {
        var request = AuthRoleGrantPermissionRequest.newBuilder().setName(role).setPerm(wanted);
        return etcd.change(AuthGrpc.getRoleGrantPermissionMethod(), request.build())
                .thenAccept(_ ->
                        changes.add(
                                "role %s reads and writes %s"
                                        .formatted(role, wanted.getKey().toStringUtf8())));
    }

    private CompletionStage<Void> user(Optional<List<String>> roles, Optional<String> secret) {
        CompletionStage<Void> there =
                roles.isEmpty() ? add(secret) : secret.map(this::password).orElse(NOTHING);
        if (roles.isPresent() && roles.get().contains(role)) {
            return there;
        }
        var request = AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
        return there.thenCompose(_ -> etcd.change(AuthGrpc.getUserGrantRoleMethod(), request))
                .thenAccept(_ -> changes.add("user %s has role %s".formatted(user, role)));
    }

    private CompletionStage<Void> add(Optional<String> secret) {
        var request = AuthUserAddRequest.newBuilder().setName(user);
        secret.ifPresentOrElse(
                request::setPassword, () -> request.setUnknownFields(withoutPassword()));
        return etcd.change(AuthGrpc.getUserAddMethod(), request.build())
                .thenAccept(_ ->
                        changes.add(
                                "user %s made%s"
                                        .formatted(
                                                user,
                                                secret.isPresent()
                                                        ? ""
                                                        : " without a password: only by the name in a certificate")));
    }

    private static UnknownFieldSet withoutPassword() {
        var options =
                UnknownFieldSet.newBuilder()
                        .addField(
                                NO_PASSWORD,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build());
        return UnknownFieldSet.newBuilder()
                .addField(
                        OPTIONS,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(options.build().toByteString())
                                .build())
                .build();
    }

    /** Changes it if it is another one, which etcd tells only by trying. */
    private CompletionStage<Void> password(String secret) {
        var attempt = AuthenticateRequest.newBuilder().setName(user).setPassword(secret).build();
        return etcd.withoutToken(AuthGrpc.getAuthenticateMethod(), attempt)
                .thenApply(_ -> true)
                .exceptionally(failure -> {
                    Rejection why =
                            FailedStage.refusal(failure)
                                    .orElseThrow(() -> new IllegalStateException(failure));
                    if (why.message().contains(NEVER_A_PASSWORD)) {
                        throw Rejection.invalid(
                                        "user", user, "was made without a password for good")
                                .remedy("remove it from etcd and repeat, or leave the password out")
                                .asException();
                    }
                    if (why.reason() == Reason.STORE_DENIED
                            || why.message().contains(Failures.WITHOUT_USERS)) {
                        return false;
                    }
                    throw why.asException();
                })
                .thenCompose(right -> right ? NOTHING : renew(secret));
    }

    private CompletionStage<Void> renew(String secret) {
        var request = AuthUserChangePasswordRequest.newBuilder().setName(user).setPassword(secret);
        return etcd.change(AuthGrpc.getUserChangePasswordMethod(), request.build())
                .thenAccept(
                        _ -> changes.add("user %s has the password of the file".formatted(user)));
    }
}
