// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.CustomPayload;
import dev.asap.model.DataPart;
import dev.asap.model.Manifest;
import dev.asap.model.SignedManifest;
import dev.asap.model.TaskCancel;
import dev.asap.model.TextPart;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ASAPCodecTest {
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    @Test
    void class_withoutAWireForm_isRefusedByName() {
        assertThatThrownBy(() -> CODEC.read(new byte[0], String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining("Agent, ")
                .hasMessageContaining("Envelope");
        assertThatThrownBy(() -> CODEC.write(CustomPayload.of("weird", JsonObject.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dev.asap.model.CustomPayload");
        assertThatThrownBy(() -> CODEC.toJson(JsonObject.empty(), WireForm.FULL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void write_withoutAForm_isFull() {
        assertThat(CODEC.write(TaskCancel.of("t"))).isEqualTo(utf8("{\"task_id\":\"t\",\"reason\":null}"));
        assertThat(CODEC.write(TaskCancel.of("t"), WireForm.COMPACT)).isEqualTo(utf8("{\"task_id\":\"t\"}"));
        assertThat(CODEC.toJson(new TextPart("x"), WireForm.COMPACT))
                .isEqualTo(JsonObject.of("type", "text", "content", "x"));
    }

    @Test
    void read_doesNotKeepTheArray() {
        byte[] bytes = utf8("{\"type\":\"data\",\"data\":{\"a\":1}}");
        var part = CODEC.read(bytes, DataPart.class);

        Arrays.fill(bytes, (byte) 0);

        assertThat(part.data().getInt("a")).isEqualTo(1);
    }

    @Test
    void manifest_plainOrSigned_isRead() {
        String plain = form(Manifest.class).rich();
        String signed = form(SignedManifest.class).rich();

        Manifest manifest = CODEC.readManifest(utf8(plain));

        assertThat(CODEC.readManifest(utf8(signed))).isEqualTo(manifest);
        assertThat(manifest.toBuilder().build()).isEqualTo(manifest);
        assertThat(manifest.capabilities().toBuilder().build()).isEqualTo(manifest.capabilities());
        assertThat(manifest.sla().toBuilder().build()).isEqualTo(manifest.sla());
    }

    @Test
    void manifest_thatIsNeither_isRefusedAsAPlainOne() {
        assertThatThrownBy(() -> CODEC.readManifest(utf8("{\"manifest\":{}}")))
                .isInstanceOf(ValidationException.class)
                .hasMessageStartingWith("Invalid Manifest: ");
        assertThatThrownBy(() -> CODEC.readManifest(utf8("[]"))).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> CODEC.readManifest(utf8("<html>"))).isInstanceOf(JsonException.class);
    }

    private static WireForms.Form form(Class<?> type) {
        return WireForms.ALL.stream()
                .filter(form -> form.type() == type)
                .findFirst()
                .orElseThrow();
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
