// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonObject;
import java.util.concurrent.CompletableFuture;

/** A request to the connection itself, which is answered with an error or with anything else. */
final class CommandExchange extends Exchange {
    final CompletableFuture<Boolean> done = new CompletableFuture<>();

    private final JsonRpcCodec codec;

    CommandExchange(String what, JsonRpcCodec codec) {
        super(what);
        this.codec = codec;
    }

    @Override
    Reply read(byte[] utf8) {
        try {
            boolean refused = JsonObject.parse(utf8).find("error").orElse(null) instanceof JsonObject;
            if (refused && codec.readAnswer(utf8) instanceof IncomingAnswer.Failed failed) {
                return Reply.failed(failed.error().toException());
            }
            return new Reply(null, null, true);
        } catch (RuntimeException e) {
            return Reply.failed(e);
        }
    }

    @Override
    boolean deliver(Reply reply, long bytes) {
        if (reply.failure() != null) {
            fail(reply.failure());
        } else {
            done.complete(true);
        }
        return true;
    }

    @Override
    void fail(RuntimeException failure) {
        done.completeExceptionally(failure);
    }
}
