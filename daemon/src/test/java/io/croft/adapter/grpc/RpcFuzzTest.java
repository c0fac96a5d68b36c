package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.testing.FuzzTarget;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls of both services with any bytes for a request: answered, or refused in Croft's form with
 * all as it was before.
 *
 * <p>The input is one call after another: the number of the method in the alphabet (255: time goes
 * by), the length of the request in two bytes, the request.
 */
final class RpcFuzzTest extends FuzzTarget {
    private static final int TIME = 255;
    private static final int MOST_CALLS = 32;
    private static final Bytes BYTES = new Bytes();

    static final List<MethodDescriptor<?, ?>> METHODS =
            Stream.of(
                            IpamServiceGrpc.getServiceDescriptor(),
                            AdminServiceGrpc.getServiceDescriptor())
                    .flatMap(service -> service.getMethods().stream())
                    .sorted(Comparator.comparing(MethodDescriptor::getFullMethodName))
                    .<MethodDescriptor<?, ?>>map(each -> each)
                    .toList();

    private static @Nullable FuzzedAgent shared;

    private static final class Bytes implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private static synchronized FuzzedAgent agent() {
        FuzzedAgent made = shared;
        if (made == null) {
            made = new FuzzedAgent(scratch());
            shared = made;
        }
        return made;
    }

    @Override
    protected void hold(byte[] input) {
        FuzzedAgent agent = agent();
        agent.beginAnew();
        ByteBuffer in = ByteBuffer.wrap(input);
        for (int calls = 0; in.remaining() >= 3 && calls < MOST_CALLS; calls++) {
            int number = Byte.toUnsignedInt(in.get());
            int length = Short.toUnsignedInt(in.getShort());
            if (number == TIME) {
                agent.pass(Duration.ofSeconds(length));
            } else {
                var request = new byte[Math.min(length, in.remaining())];
                in.get(request);
                check(agent, METHODS.get(number % METHODS.size()), request);
            }
        }
    }

    private static void check(FuzzedAgent agent, MethodDescriptor<?, ?> method, byte[] request) {
        String before = agent.print();
        String name = method.getFullMethodName();
        try {
            call(agent, method, request);
        } catch (StatusRuntimeException failure) {
            if (isEndless(method)
                    && failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return;
            }
            Rejection why =
                    ErrorWire.read(failure)
                            .orElseThrow(() -> new AssertionError(name + " " + failure, failure));
            assertNotEquals(Status.Code.INTERNAL, failure.getStatus().getCode(), name);
            assertFalse(why.message().isEmpty() || why.remedy().isEmpty(), name);
            assertEquals(1, why.message().lines().count(), why::sentence);
            if (why.reason() != Reason.GC_BRAKE) {
                assertEquals(before, agent.print(), () -> name + " was refused: " + why);
            }
        } finally {
            agent.defect()
                    .ifPresent(defect -> {
                        throw new AssertionError(name + " met " + defect, defect);
                    });
        }
    }

    private static boolean isEndless(MethodDescriptor<?, ?> method) {
        return "WatchEvents".equals(method.getBareMethodName());
    }

    private static void call(FuzzedAgent agent, MethodDescriptor<?, ?> method, byte[] request) {
        var raw =
                MethodDescriptor.newBuilder(BYTES, BYTES)
                        .setType(method.getType())
                        .setFullMethodName(method.getFullMethodName())
                        .build();
        int millis = isEndless(method) ? 10 : 20_000;
        var options = CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
        var channel = agent.channel().channel();
        if (method.getType() == MethodDescriptor.MethodType.UNARY) {
            ClientCalls.blockingUnaryCall(channel, raw, options, request);
        } else {
            ClientCalls.blockingServerStreamingCall(channel, raw, options, request)
                    .forEachRemaining(_ -> {});
        }
    }
}
