// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.client.Compression.Coding;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import mockwebserver3.MockResponse;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that another implementation compressed or recorded, played to the client as answers. */
class CompressionRecordingsTest extends ServerTesting {
    @ParameterizedTest
    @ValueSource(strings = {"br", "gzip"})
    void compressed_byTheOtherSide_isUnpacked(String name) throws Exception {
        JsonObject request = exchange(name).getObject("request");

        JsonObject content = JsonObject.parse(played(request, 10_485_760));

        assertThat(content).isEqualTo(request.getObject("body"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"br-garbage", "gzip-garbage", "gzip-truncated", "gzip-two-members"})
    void damaged_isBroken(String name) throws Exception {
        JsonObject request = exchange(name).getObject("request");

        assertThatThrownBy(() -> played(request, 10_485_760)).isInstanceOf(BrokenEncodingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br-bomb", "gzip-bomb"})
    void bomb_isOversized(String name) throws Exception {
        JsonObject request = exchange(name).getObject("request");

        assertThatThrownBy(() -> played(request, 2000)).isInstanceOf(OversizedAnswerException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unsupported-chain", "unsupported-deflate"})
    void refusal_withoutAcceptEncoding_leavesNoCoding(String name) throws Exception {
        JsonObject answer = exchange(name).getObject("response");
        assertThat(answer.getInt("status")).isEqualTo(415);
        List<String> named = answer.getObject("headers").has("accept-encoding")
                ? List.of(answer.getObject("headers").getString("accept-encoding"))
                : List.of();
        PeerCodings peer = new PeerCodings();

        peer.refused(Coding.BROTLI, named);

        assertThat(new RequestCompressor(Compression.defaults(), peer)
                        .compress(Packed.json(5000))
                        .coding())
                .isNull();
    }

    private byte[] played(JsonObject recorded, long maxBytes) throws IOException {
        byte[] body = Base64.getDecoder().decode(recorded.getString("body_base64"));
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", recorded.getObject("headers").getString("Content-Encoding"))
                .body(new Buffer().write(body))
                .build());
        OkHttpClient http = new OkHttpClient.Builder()
                .addInterceptor(new AnswerInflation(Compression.defaults(), maxBytes))
                .build();
        try (Response response =
                http.newCall(new Request.Builder().url(server.url("/")).build()).execute()) {
            return response.body().bytes();
        } finally {
            http.connectionPool().evictAll();
        }
    }

    private static JsonObject exchange(String name) throws IOException {
        try (InputStream file =
                CompressionRecordingsTest.class.getResourceAsStream("/golden/compression/" + name + ".json")) {
            return JsonObject.parse(file.readAllBytes())
                    .getArray("exchanges")
                    .get(0)
                    .asObject();
        }
    }
}
