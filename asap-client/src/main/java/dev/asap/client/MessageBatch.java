// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.Delivery;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.IncomingBatch;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several messages in one request. The answers are put into the order of the messages.
 *
 * @param deliveries the messages, each under an id of its own
 * @param idempotencyKey of the request; each message has its own besides
 */
record MessageBatch(
        List<Delivery> deliveries, String idempotencyKey, JsonRpcCodec codec, AnswerReader answers, InstantSource clock)
        implements Outgoing<List<BatchItem>> {
    @Override
    public CallKind kind() {
        return CallKind.BATCH;
    }

    @Override
    public @Nullable Envelope message() {
        return null;
    }

    @Override
    public byte[] body(int attempt) {
        return codec.writeBatch(
                attempt == 1
                        ? deliveries
                        : deliveries.stream().map(this::refreshed).toList());
    }

    private Delivery refreshed(Delivery delivery) {
        return new Delivery(
                delivery.id(), SingleMessage.refreshed(delivery.envelope(), clock), delivery.idempotencyKey());
    }

    @Override
    public Reply<List<BatchItem>> read(Operation operation, int status, byte[] body) {
        IncomingBatch batch = answers.batch(operation, status, body);
        if (batch instanceof IncomingBatch.Whole whole) {
            return new Refusal<>(
                    whole.answer() instanceof IncomingAnswer.Failed failed
                            ? failed.error().toException()
                            : notAnArray(operation));
        }
        return new Value<>(inOrder(operation, ((IncomingBatch.Answers) batch).elements()));
    }

    private List<BatchItem> inOrder(Operation operation, List<IncomingBatch.Element> elements) {
        @Nullable BatchItem[] items = new BatchItem[deliveries.size()];
        Map<JsonRpcId, Integer> indexes = indexes();
        for (IncomingBatch.Element element : elements) {
            Integer index = element.id() == null ? null : indexes.get(element.id());
            // What answers nothing of ours, or something for the second time, is passed over.
            if (index != null && items[index] == null) {
                items[index] = answers.item(
                        operation, element.answer(), deliveries.get(index).envelope());
            }
        }
        // An agent without a free thread leaves out the ids: where all is answered in order, the place tells.
        for (int i = 0; i < items.length; i++) {
            if (items[i] == null) {
                items[i] = elements.size() == items.length && elements.get(i).id() == null
                        ? answers.item(
                                operation,
                                elements.get(i).answer(),
                                deliveries.get(i).envelope())
                        : new BatchItem.Failed(missing(operation, deliveries.get(i)));
            }
        }
        return new ArrayList<>(Arrays.asList(items));
    }

    private Map<JsonRpcId, Integer> indexes() {
        Map<JsonRpcId, Integer> indexes = new HashMap<>();
        for (int i = 0; i < deliveries.size(); i++) {
            indexes.put(deliveries.get(i).id(), i);
        }
        return indexes;
    }

    private static RemoteErrorException missing(Operation operation, Delivery delivery) {
        return new JsonRpcError(
                        JsonRpcError.INTERNAL_ERROR,
                        "the answer to " + operation + " has no element for the message "
                                + delivery.envelope().id(),
                        null)
                .toException();
    }

    private static RemoteErrorException notAnArray(Operation operation) {
        return new JsonRpcError(
                        JsonRpcError.INTERNAL_ERROR, "the answer to the batch of " + operation + " is no array", null)
                .toException();
    }
}
