// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.asap.json.WireTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where this library answers otherwise than the recorded server, and as well or better. A line of the file has four parts, separated by
 * {@code |}: the recording, where in it, what is answered there instead, and why. In the first two {@code *} stands for any text. The
 * third is JSON, in which the text {@code …} stands for any, or {@code the same instant} for times that may be written otherwise.
 */
final class AcceptedDifferences {
    private static final String SAME_INSTANT = "the same instant";

    private static final String ANY_TEXT = "…";

    record Difference(String recording, String place, String instead, String reason) {
        static Difference parse(String line) {
            String[] parts = line.split("\\|", 4);
            if (parts.length != 4) {
                throw new IllegalArgumentException("not 'recording | place | instead | reason': " + line);
            }
            return new Difference(parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip());
        }

        boolean isOf(Recording other) {
            return matches(recording, other.name());
        }

        boolean isAt(JsonPointer other) {
            return matches(place, other.toString());
        }

        boolean allowsOtherTexts() {
            return instead.equals(SAME_INSTANT);
        }

        private static boolean matches(String pattern, String text) {
            return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
        }
    }

    private final List<Difference> differences;

    private AcceptedDifferences(List<Difference> differences) {
        this.differences = differences;
    }

    static AcceptedDifferences read(Path file) throws IOException {
        return new AcceptedDifferences(Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Difference::parse)
                .toList());
    }

    List<Difference> all() {
        return differences;
    }

    /** Puts what is expected instead into a recording. */
    void putInto(Recording recording) throws IOException {
        for (Difference difference : differences) {
            if (difference.isOf(recording) && !difference.allowsOtherTexts()) {
                Recording.put(
                        recording.root(),
                        JsonPointer.compile(difference.place()),
                        Recording.JSON.readTree(difference.instead()));
            }
        }
    }

    /** Whether another text will do: any is meant, or the same time where a difference allows to write it otherwise. */
    boolean allows(Recording recording, JsonPointer at, JsonNode expected, JsonNode actual) {
        if (!expected.isTextual() || !actual.isTextual()) {
            return false;
        }
        return expected.asText().equals(ANY_TEXT) || sameInstant(recording, at, expected, actual);
    }

    private boolean sameInstant(Recording recording, JsonPointer at, JsonNode expected, JsonNode actual) {
        return differences.stream().anyMatch(each -> each.allowsOtherTexts() && each.isOf(recording) && each.isAt(at))
                && WireTime.parse(expected.asText()).equals(WireTime.parse(actual.asText()));
    }
}
