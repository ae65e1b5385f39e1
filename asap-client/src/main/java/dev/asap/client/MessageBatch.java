// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.Delivery;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.IncomingBatch;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several messages in one request. The answers are put into the order of the messages; what the peer refuses for now is sent again
 * without the others, which keep their answers.
 */
final class MessageBatch implements Outgoing<List<BatchItem>> {
    private final List<Delivery> deliveries;
    private final Supplier<String> idempotencyKeys;
    private final JsonRpcCodec codec;
    private final AnswerReader answers;
    private final InstantSource clock;

    /** What became of each message; null until it was answered. */
    private final @Nullable BatchItem[] items;

    /** The messages that are to be sent, by their places. */
    private List<Integer> open;

    private String idempotencyKey;

    /**
     * A batch that was not sent.
     *
     * @param deliveries the messages, each under an id of its own and with a key of its own
     * @param idempotencyKeys gives keys for the requests: one with other messages is another request
     */
    MessageBatch(
            List<Delivery> deliveries,
            Supplier<String> idempotencyKeys,
            JsonRpcCodec codec,
            AnswerReader answers,
            InstantSource clock) {
        this.deliveries = deliveries;
        this.idempotencyKeys = idempotencyKeys;
        this.codec = codec;
        this.answers = answers;
        this.clock = clock;
        this.items = new BatchItem[deliveries.size()];
        this.open = IntStream.range(0, deliveries.size()).boxed().toList();
        this.idempotencyKey = idempotencyKeys.get();
    }

    @Override
    public String idempotencyKey() {
        return idempotencyKey;
    }

    @Override
    public byte[] body(int attempt) {
        return codec.writeBatch(open.stream()
                .map(deliveries::get)
                .map(delivery -> attempt == 1 ? delivery : refreshed(delivery))
                .toList());
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
        List<IncomingBatch.Element> elements = ((IncomingBatch.Answers) batch).elements();
        Map<Integer, IncomingBatch.Element> found = byPlace(elements);
        for (int place : open) {
            IncomingBatch.Element element = found.get(place);
            Envelope envelope = deliveries.get(place).envelope();
            items[place] = element != null
                    ? answers.item(operation, element.answer(), envelope)
                    : new BatchItem.Failed(missing(operation, envelope));
        }
        return new Value<>(List.of(items));
    }

    private Map<Integer, IncomingBatch.Element> byPlace(List<IncomingBatch.Element> elements) {
        Map<JsonRpcId, Integer> places = new HashMap<>();
        open.forEach(place -> places.put(deliveries.get(place).id(), place));
        Map<Integer, IncomingBatch.Element> found = new HashMap<>();
        for (IncomingBatch.Element element : elements) {
            Integer place = element.id() == null ? null : places.get(element.id());
            // What answers nothing of ours, or something for the second time, is passed over.
            if (place != null) {
                found.putIfAbsent(place, element);
            }
        }
        // An agent without a free thread leaves out the ids: where all is answered in order, the place tells.
        for (int i = 0; i < open.size() && elements.size() == open.size(); i++) {
            if (elements.get(i).id() == null) {
                found.putIfAbsent(open.get(i), elements.get(i));
            }
        }
        return found;
    }

    @Override
    public Optional<Attempts.Repetition> repeatParts(Function<RemoteErrorException, Optional<Duration>> waits) {
        List<Integer> again = new ArrayList<>();
        Attempts.Repetition last = null;
        for (int place : open) {
            if (items[place] instanceof BatchItem.Failed failed
                    && failed.failure() instanceof RemoteErrorException refusal) {
                Duration wait = waits.apply(refusal).orElse(null);
                if (wait != null) {
                    again.add(place);
                    last = last == null || wait.compareTo(last.pause()) > 0
                            ? new Attempts.Repetition(refusal, wait)
                            : last;
                }
            }
        }
        if (last != null) {
            open = again;
            idempotencyKey = idempotencyKeys.get();
        }
        return Optional.ofNullable(last);
    }

    @Override
    public Optional<List<BatchItem>> salvaged(ASAPException failure) {
        if (items[0] == null) {
            // There was no answer yet: the first one gives every message its item.
            return Optional.empty();
        }
        open.forEach(place -> items[place] = new BatchItem.Failed(failure));
        return Optional.of(List.of(items));
    }

    private static RemoteErrorException missing(Operation operation, Envelope message) {
        return new JsonRpcError(
                        JsonRpcError.INTERNAL_ERROR,
                        "the answer to " + operation + " has no element for the message " + message.id(),
                        null)
                .toException();
    }

    private static RemoteErrorException notAnArray(Operation operation) {
        return new JsonRpcError(
                        JsonRpcError.INTERNAL_ERROR, "the answer to the batch of " + operation + " is no array", null)
                .toException();
    }
}
