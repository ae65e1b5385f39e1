// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.validation.ValidationException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of failures while a text is read. */
class JsonTextTest {
    private static RuntimeException thrownBy(String... classes) {
        RuntimeException e = new ArrayIndexOutOfBoundsException("Index 2048 out of bounds for length 2048");
        StackTraceElement[] trace = new StackTraceElement[classes.length];
        for (int i = 0; i < classes.length; i++) {
            trace[i] = new StackTraceElement(classes[i], "method", null, 1);
        }
        e.setStackTrace(trace);
        return e;
    }

    @Test
    void failureInsideTheParser_isAboutTheText() {
        String parser = "com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer";
        for (RuntimeException e :
                List.of(thrownBy(parser, "dev.asap.json.JsonText"), thrownBy("java.util.Arrays", parser), thrownBy())) {
            assertThat(JsonText.malformed(e))
                    .isInstanceOf(JsonException.class)
                    .hasMessage("JSON out of bounds: the parser cannot take the names in it")
                    .hasCause(e);
        }
    }

    @Test
    void failureOfOurOwn_isThrownAsItIs() {
        for (RuntimeException e : List.of(
                thrownBy("dev.asap.json.RecordShape", "com.fasterxml.jackson.core.JsonParser"),
                thrownBy("java.util.Arrays", "dev.asap.json.ShapeReader"),
                new JsonException("expected an object, got null"),
                new ValidationException("subject", List.of()))) {
            assertThat(JsonText.malformed(e)).isSameAs(e);
        }
    }
}
