// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.asap.fuzz.Bounds;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches: the elements that are cut out of the text unread are those that a reader finds in it. */
class BatchFuzzTest {
    private static final int MOST = 50;

    @FuzzTest(maxDuration = "30s")
    void elements_areThoseThatAReaderFinds(byte[] text) {
        Bounds.within(text.length, () -> {
            if (BatchItems.isArray(text)) {
                compare(cut(text), parsed(text));
            }
        });
    }

    private static void compare(@Nullable BatchItems items, @Nullable JsonValue value) {
        if (items == null) {
            assertThat(value).isNull();
        } else if (value instanceof JsonArray array) {
            assertThat(items.count()).isEqualTo(array.values().size());
            List<JsonValue> read = new ArrayList<>();
            for (byte[] item : items.texts()) {
                read.add(JsonValue.parse(item));
            }
            assertThat(read)
                    .isEqualTo(array.values()
                            .subList(0, Math.min(MOST, array.values().size())));
        } else if (items.count() <= MOST) {
            // What is no array is not taken for one: at least one of its elements is refused.
            assertThat(items.texts()).anyMatch(item -> parsed(item) == null);
        }
    }

    private static @Nullable BatchItems cut(byte[] text) {
        try {
            return BatchItems.of(text, MOST);
        } catch (JsonException e) {
            return null;
        }
    }

    private static @Nullable JsonValue parsed(byte[] text) {
        try {
            return JsonValue.parse(text);
        } catch (JsonException e) {
            return null;
        }
    }
}
