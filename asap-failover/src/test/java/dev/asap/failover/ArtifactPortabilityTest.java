// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** FO-40 to FO-43: which references survive a move. */
class ArtifactPortabilityTest {
    private static JsonObject nested(int depth, String leaf) {
        JsonValue value = JsonValue.of(leaf);
        for (int i = 1; i < depth; i++) {
            value = i % 2 == 0 ? JsonObject.of("n", value) : JsonValue.of(List.of(value));
        }
        return JsonObject.of("top", value);
    }

    @Test
    @DisplayName("FO-40 https and data survive")
    void portableReferences_areNotReported() {
        assertThat(ArtifactPortability.check(JsonObject.of(
                        "a", "https://store.example/r/3",
                        "b", "data:text/plain;base64,eA==",
                        "c", "see asap://x for more",
                        "asap://name", 1,
                        "d", List.of(1, true, "asap:x", "fileserver"))))
                .isEmpty();
    }

    @Test
    @DisplayName("FO-43 asap and file are found at any depth, with their pointers, in order")
    void localReferences_areReported() {
        JsonObject data = JsonObject.of(
                "artifact",
                "asap://agent/r/1",
                "list",
                List.of("x", JsonObject.of("deep/er", "FILE:///etc/x", "til~de", "Asap://y")),
                "path",
                "file:/tmp/z",
                "empty",
                JsonObject.empty());

        assertThat(ArtifactPortability.check(data))
                .containsExactly(
                        new ArtifactReference("/artifact", "asap://agent/r/1"),
                        new ArtifactReference("/list/1/deep~1er", "FILE:///etc/x"),
                        new ArtifactReference("/list/1/til~0de", "Asap://y"),
                        new ArtifactReference("/path", "file:/tmp/z"));
    }

    @Test
    @DisplayName("FO-43 to the deepest nesting that snapshots have, and not beyond")
    void depth_isBounded() {
        JsonObject deepest = nested(JsonValue.MAX_DEPTH, "asap://deep");
        assertThat(ArtifactPortability.check(deepest)).hasSize(1);
        assertThat(ArtifactPortability.check(ArtifactPortability.rewrite(deepest, reference -> "https://x")))
                .isEmpty();
        JsonObject tooDeep = nested(JsonValue.MAX_DEPTH + 1, "asap://deep");
        assertThatThrownBy(() -> ArtifactPortability.check(tooDeep)).isInstanceOf(JsonException.class);
    }

    @Test
    void report_isBounded() {
        JsonObject data = JsonObject.of(
                "list", IntStream.range(0, 5000).mapToObj(i -> "asap://" + i).toList());
        assertThat(ArtifactPortability.check(data)).hasSize(ArtifactPortability.MAX_REFERENCES);
        assertThat(ArtifactPortability.check(ArtifactPortability.rewrite(data, reference -> "https://x")))
                .isEmpty();
    }

    @Test
    @DisplayName("FO-41 references are rewritten, all else stays as it is")
    void rewrite_replacesReferencesOnly() {
        JsonObject data = JsonObject.parse(
                "{\"a\":[1.50,null,{\"f\":\"asap://one\",\"g\":{}}],\"b\":\"asap://two\",\"c\":[],\"d\":12345678901234567890}");
        List<String> asked = new ArrayList<>();

        JsonObject rewritten = ArtifactPortability.rewrite(data, reference -> {
            asked.add(reference.pointer());
            return reference.uri().endsWith("one") ? "https://store.example/one" : null;
        });

        assertThat(rewritten.toString())
                .isEqualTo("{\"a\":[1.50,null,{\"f\":\"https://store.example/one\",\"g\":{}}],\"b\":\"asap://two\","
                        + "\"c\":[],\"d\":12345678901234567890}");
        assertThat(asked).containsExactly("/a/2/f", "/b");
        assertThat(data.getString("b")).isEqualTo("asap://two");
    }

    @Test
    void rewrite_nothingToDo_isTheSameObject() {
        JsonObject data = JsonObject.of("a", "https://x");
        assertThat(ArtifactPortability.rewrite(data, reference -> "y")).isSameAs(data);
    }

    @Test
    @DisplayName("FO-42 what a handler keeps is the address of what it stored")
    void handlerOutput_inObjectStorage_isPortable() {
        String address = "https://objects.example/out/1?signature=s";
        assertThat(ArtifactPortability.isLocal(address)).isFalse();
        assertThat(ArtifactPortability.isLocal("asap://agent/out/1")).isTrue();
    }
}
