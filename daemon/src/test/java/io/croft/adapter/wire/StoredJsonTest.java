package io.croft.adapter.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.croft.proto.store.v1.BlockRecord;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.Route;
import org.junit.jupiter.api.Test;

class StoredJsonTest {
    @Test
    void readsWhatItKnowsAndPassesOverTheRest() throws InvalidProtocolBufferException {
        var record = BlockRecord.newBuilder();
        StoredJson.read(parse("{'node': 'n', 'token': {'epoch': '3', 'x': 1}, 'y': []}"), record);
        assertEquals("n", record.getNode());
        assertEquals(3, record.getToken().getEpoch());
    }

    @Test
    void refusesANameOfAnEnumThatItDoesNotKnow() {
        assertThrows(
                InvalidProtocolBufferException.class,
                () -> StoredJson.read(parse("{'mode': 'POOL_MODE_WARP'}"), PoolSpec.newBuilder()));
    }

    @Test
    void keepsUnknownFieldsOfObjectsAndOfElementsThatStay() throws InvalidProtocolBufferException {
        Struct old =
                parse(
                        "{'cidr': '10.0.0.0/8', 'priority': 3, 'new': 1,"
                                + " 'routes': [{'destination': '1.0.0.0/8', 'metric': 5},"
                                + " {'destination': '2.0.0.0/8', 'metric': 6}]}");
        PoolSpec next =
                PoolSpec.newBuilder()
                        .setCidr("10.0.0.0/8")
                        .addRoutes(Route.newBuilder().setDestination("2.0.0.0/8"))
                        .addRoutes(Route.newBuilder().setDestination("3.0.0.0/8"))
                        .build();
        Struct expected =
                parse(
                        "{'cidr': '10.0.0.0/8', 'new': 1,"
                                + " 'routes': [{'destination': '2.0.0.0/8', 'metric': 6},"
                                + " {'destination': '3.0.0.0/8'}]}");
        assertEquals(expected, StoredJson.overlay(old, next));
    }

    @Test
    void replacesAFieldThatWasWrittenUnderItsOtherName() throws InvalidProtocolBufferException {
        Struct old = parse("{'install_id': 'a', 'node': 'n'}");
        var next = BlockRecord.newBuilder().setInstallId("b").build();
        assertEquals(parse("{'installId': 'b'}"), StoredJson.overlay(old, next));
    }

    @Test
    void writesTextThatReadsBackTheSame() throws InvalidProtocolBufferException {
        Struct tree =
                parse(
                        "{'a': [1, -2.5, 1e300, true, null, {'b': {}}], 'c': {'d': {'e': 'f'}},"
                                + " 'g': 'line\\n\\u0001\\u2028 ü \\\\', 'h': {}}");
        assertEquals(tree, StoredJson.parse(StoredJson.text(tree)));
    }

    @Test
    void writesWholeNumbersAsSuch() throws InvalidProtocolBufferException {
        assertEquals("{\n  \"a\": 26\n}\n", StoredJson.text(parse("{'a': 26}")));
    }

    private static Struct parse(String text) throws InvalidProtocolBufferException {
        return StoredJson.parse(text.replace('\'', '"'));
    }
}
