// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.Outcome;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.rpc.JsonRpcId;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonRpcBatchTest {
    private static final AgentUrn CALLER = AgentUrn.of("urn:asap:agent:caller");
    private static final AgentUrn ECHO = AgentUrn.of("urn:asap:agent:echo");

    private final JsonRpcCodec codec = new JsonRpcCodec(Clock.systemUTC());

    private static Envelope message(String id) {
        return Envelope.builder(CALLER, ECHO, TaskRequest.of("c", "echo", JsonObject.empty()))
                .id(id)
                .build();
    }

    private IncomingBatch read(String body) {
        return codec.readBatch(body.getBytes(StandardCharsets.UTF_8));
    }

    private String result(String id) {
        Envelope answer = message("m")
                .replyFrom(ECHO, TaskResponse.completed("t", JsonObject.empty()))
                .build();
        return new String(codec.writeResult(JsonRpcId.of(id), answer), StandardCharsets.UTF_8);
    }

    @Test
    void writeBatch_twoMessages_isAnArrayOfRequests() {
        byte[] body = codec.writeBatch(List.of(
                new Delivery(JsonRpcId.of("a"), message("m-1"), "k-1"),
                new Delivery(JsonRpcId.of("b"), message("m-2"), "k-2")));

        JsonArray array = (JsonArray) JsonValue.parse(body);
        assertThat(array.values()).hasSize(2);
        for (JsonValue element : array.values()) {
            IncomingRequest.Call call =
                    (IncomingRequest.Call) codec.readRequest(element.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(call.envelope()).isInstanceOf(IncomingRequest.EnvelopeArgument.Valid.class);
        }
        assertThat(array.values().get(1).toString()).contains("\"k-2\"").contains("\"b\"");
    }

    @Test
    void readBatch_mixedElements_keepsEachOneApart() {
        IncomingBatch.Answers answers = (IncomingBatch.Answers) read("[" + result("a")
                + ",{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32012,\"message\":\"no\"},\"id\":\"b\"}"
                + ",{\"jsonrpc\":\"2.0\",\"result\":{\"envelope\":{\"id\":5}},\"id\":\"c\"}"
                + ",{\"jsonrpc\":\"2.0\",\"result\":{},\"id\":4}"
                + ",{\"error\":\"busy\",\"code\":\"asap:transport/thread_pool_exhausted\"}"
                + ",7]");

        List<IncomingBatch.Element> elements = answers.elements();
        assertThat(elements).hasSize(6);
        assertThat(elements.get(0).id()).isEqualTo(JsonRpcId.of("a"));
        assertThat(((Outcome.Read<IncomingAnswer>) elements.get(0).answer()).value())
                .isInstanceOf(IncomingAnswer.Result.class);
        assertThat(((Outcome.Read<IncomingAnswer>) elements.get(1).answer()).value())
                .isInstanceOfSatisfying(
                        IncomingAnswer.Failed.class,
                        failed -> assertThat(failed.error().code()).isEqualTo(-32012));
        assertThat(elements.get(2).id()).isEqualTo(JsonRpcId.of("c"));
        assertThat(elements.get(2).answer()).isInstanceOf(Outcome.Refused.class);
        assertThat(elements.get(3).id()).isEqualTo(JsonRpcId.of(4));
        assertThat(((Outcome.Read<IncomingAnswer>) elements.get(3).answer()).value())
                .isInstanceOf(IncomingAnswer.Empty.class);
        assertThat(elements.get(4).id()).isNull();
        assertThat(elements.get(5).answer()).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void readBatch_oneObject_isAnAnswerToAll() {
        IncomingBatch batch =
                read("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid request\"},\"id\":null}");
        assertThat(batch)
                .isInstanceOfSatisfying(
                        IncomingBatch.Whole.class,
                        whole -> assertThat(whole.answer()).isInstanceOf(IncomingAnswer.Failed.class));
    }

    @Test
    void readBatch_neitherArrayNorObject_isRefused() {
        assertThatThrownBy(() -> read("7")).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> read("[")).isInstanceOf(JsonException.class);
    }

    @Test
    void readBatch_emptyArray_hasNoElements() {
        assertThat(((IncomingBatch.Answers) read("[]")).elements()).isEmpty();
    }
}
