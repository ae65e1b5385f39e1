// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.rpc.JsonRpcId;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server makes of the JSON-RPC around an envelope, and what it costs. */
class JsonRpcRequestTest {
    private static final String ENVELOPE = "{\"id\":\"e\",\"asap_version\":\"0.1\",\"sender\":\"urn:asap:agent:a\","
            + "\"recipient\":\"urn:asap:agent:b\",\"payload_type\":\"task.cancel\",\"payload\":{\"task_id\":\"t\"}}";

    private static final String MANY = "[" + "0,".repeat(1_000_000) + "0]";

    private final JsonRpcCodec codec = new JsonRpcCodec(Clock.systemUTC());

    private IncomingRequest read(String body) {
        return codec.readRequest(body.getBytes(StandardCharsets.UTF_8));
    }

    private IncomingRequest.Rejected refused(String body) {
        return (IncomingRequest.Rejected) read(body);
    }

    private static String request(String id, String idempotencyKey) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"asap.send\",\"params\":{\"envelope\":" + ENVELOPE
                + ",\"idempotency_key\":" + idempotencyKey + "},\"id\":" + id + "}";
    }

    /** The bytes that this thread allocates while it reads, beyond the body. */
    private long allocated(String body) {
        byte[] utf8 = body.getBytes(StandardCharsets.UTF_8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        codec.readRequest(utf8);
        long before = threads.getCurrentThreadAllocatedBytes();
        codec.readRequest(utf8);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"k\"", "1", "1.5", "true", "null", "[]", "{\"a\":[1]}"})
    void idempotencyKey_ofAnyType_isIgnored(String key) {
        IncomingRequest.Call call = (IncomingRequest.Call) read(request("1", key));

        assertThat(call.envelope()).isInstanceOf(EnvelopeArgument.Valid.class);
    }

    @Test
    void hugeArrays_areNotKept_whereverTheyStand() {
        assertThat(allocated(request("1", MANY))).isLessThan(1_000_000);
        assertThat(allocated(request(MANY, "1"))).isLessThan(1_000_000);
        assertThat(allocated(MANY)).isLessThan(1_000_000);
        assertThat(allocated("{\"id\":1,\"more\":" + MANY + "}")).isLessThan(1_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]    | list",
                "'\"a\"'| str",
                "1      | int",
                "1.5    | float",
                "true   | bool",
                "null   | NoneType",
            })
    void body_thatIsNoObject_isRefusedByItsKind(String body, String kind) {
        IncomingRequest.Rejected rejected = refused(body);

        assertThat(rejected.id()).isNull();
        assertThat(rejected.error().data().getString("received_type")).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"'\"a\"'|'\"a\"'", "12345678901234567890|12345678901234567890", "true|1", "2.0|2", "0|0"})
    void id_ofARefusedRequest_isGivenBack(String id, String expected) {
        assertThat(refused("{\"id\":" + id + "}").id()).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "{\"a\":1}", "null", "1.5"})
    void id_thatIsNone_isRefusedByBothKindsThatItMayHave(String id) {
        IncomingRequest.Rejected rejected = refused(request(id, "1"));

        assertThat(rejected.id()).isNull();
        assertThat(rejected.error().data().getArray("validation_errors").toString())
                .contains("[\"id\",\"str\"]", "[\"id\",\"int\"]");
    }

    @Test
    void id_thatIsTooLong_isRefusedAndNotGivenBack() {
        String longest = "a".repeat(1000);
        assertThat(((IncomingRequest.Call) read(request('"' + longest + '"', "1"))).id())
                .isEqualTo(JsonRpcId.of(longest));

        IncomingRequest.Rejected rejected = refused(request("\"a" + longest + '"', "1"));
        assertThat(rejected.id()).isNull();
        assertThat(rejected.error().data().toString())
                .contains("string_too_long", "must have at most 1000 characters, got 1001");
    }
}
