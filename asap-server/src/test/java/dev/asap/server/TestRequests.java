// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Requests and bodies that several tests send. */
final class TestRequests {
    private TestRequests() {}

    /** A call of a skill. */
    static JsonObject task(String skillId, JsonObject input) {
        return TestAgent.call(
                "task.request", JsonObject.of("conversation_id", "c", "skill_id", skillId, "input", input));
    }

    /** The same call with its own JSON-RPC id. */
    static JsonObject withId(JsonObject call, Object id) {
        return call.with("id", id);
    }

    /** The same call with an idempotency key. */
    static JsonObject withKey(JsonObject call, String key) {
        return call.with("params", call.getObject("params").with("idempotency_key", key));
    }

    /** The same call with a member of its envelope changed. */
    static JsonObject withEnvelope(JsonObject call, String member, Object value) {
        JsonObject params = call.getObject("params");
        return call.with(
                "params", params.with("envelope", params.getObject("envelope").with(member, value)));
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
