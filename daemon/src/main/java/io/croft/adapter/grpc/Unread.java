package io.croft.adapter.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;

/**
 * Messages as their bytes on the way through the interceptors. gRPC itself would read a request
 * before any interceptor sees it, and answer one that it cannot read with UNKNOWN and no reason.
 */
final class Unread implements Marshaller<InputStream> {
    private static final Unread UNREAD = new Unread();

    private Unread() {}

    /** The service, whose requests are read where its listeners are told of them. */
    static ServerServiceDefinition messagesOf(BindableService service) {
        return ServerInterceptors.useMarshalledMessages(service.bindService(), UNREAD);
    }

    @Override
    public InputStream stream(InputStream message) {
        return message;
    }

    @Override
    public InputStream parse(InputStream message) {
        return message;
    }
}
