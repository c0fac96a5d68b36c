package io.croft.adapter.etcd;

import com.google.protobuf.ByteString;
import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;

/** Transactions in etcd's form. */
final class TransactionWire {
    private TransactionWire() {}

    static TxnRequest request(Change change) {
        var request = TxnRequest.newBuilder();
        change.conditions().forEach(condition -> request.addCompare(compare(condition)));
        change.then().forEach(step -> request.addSuccess(operation(step)));
        change.otherwise().forEach(step -> request.addFailure(operation(step)));
        return request.build();
    }

    private static Compare compare(Condition condition) {
        var compare =
                Compare.newBuilder()
                        .setKey(bytes(condition.key()))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(condition.modified());
        condition.to().ifPresent(to -> compare.setRangeEnd(bytes(to)));
        return compare.build();
    }

    private static RequestOp operation(Step step) {
        var operation = RequestOp.newBuilder();
        switch (step) {
            case Step.Put(var key, var value, var lease) ->
                    operation.setRequestPut(
                            PutRequest.newBuilder()
                                    .setKey(bytes(key))
                                    .setValue(bytes(value))
                                    .setLease(lease));
            case Step.Delete(var key) ->
                    operation.setRequestDeleteRange(
                            DeleteRangeRequest.newBuilder().setKey(bytes(key)));
            case Step.DeleteRange(var from, var to) ->
                    operation.setRequestDeleteRange(
                            DeleteRangeRequest.newBuilder()
                                    .setKey(bytes(from))
                                    .setRangeEnd(bytes(to)));
            case Step.Get(var key) ->
                    operation.setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)));
            case Step.Range(var from, var to, var most, var form) ->
                    operation.setRequestRange(
                            RangeRequest.newBuilder()
                                    .setKey(bytes(from))
                                    .setRangeEnd(bytes(to))
                                    .setLimit(most)
                                    .setKeysOnly(form == Form.KEYS)
                                    .setCountOnly(form == Form.COUNT));
        }
        return operation.build();
    }

    static Answer answer(TxnResponse response) {
        return new Answer(
                response.getSucceeded(),
                response.getResponsesList().stream()
                        .filter(ResponseOp::hasResponseRange)
                        .map(operation -> reading(operation.getResponseRange()))
                        .toList(),
                header(response.getHeader()));
    }

    private static Reading reading(RangeResponse range) {
        return new Reading(
                range.getKvsList().stream().map(TransactionWire::entry).toList(), range.getCount());
    }

    private static Entry entry(KeyValue found) {
        // Bytes that are no UTF-8 become U+FFFD: one damaged value must not hide the others.
        return new Entry(
                found.getKey().toStringUtf8(),
                found.getValue().toStringUtf8(),
                found.getModRevision(),
                found.getLease());
    }

    static Header header(ResponseHeader header) {
        return new Header(
                header.getClusterId(),
                header.getMemberId(),
                header.getRevision(),
                header.getRaftTerm());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
