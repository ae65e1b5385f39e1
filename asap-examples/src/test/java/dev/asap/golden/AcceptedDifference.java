// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.asap.json.WireTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where this library answers otherwise than the recorded server, and as well or better: a line of {@code accepted-differences.txt}, whose
 * parts are separated by {@code |}.
 *
 * @param recording which recording; {@code *} stands for any text
 * @param place where in it, as a JSON pointer; {@code *} stands for any text
 * @param instead what is answered there: JSON, in which {@code …} stands for any text or number, or {@code the same instant} for times that
 *     may be written otherwise
 * @param reason why
 */
record AcceptedDifference(String recording, String place, String instead, String reason) {
    static final List<AcceptedDifference> ALL = read(Path.of("src/test/resources/golden/accepted-differences.txt"));

    private static final String SAME_INSTANT = "the same instant";
    private static final String ANY_TEXT = "…";

    private static List<AcceptedDifference> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(AcceptedDifference::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AcceptedDifference parse(String line) {
        String[] parts = line.split("\\|", 4);
        if (parts.length != 4) {
            throw new IllegalArgumentException("not 'recording | place | instead | reason': " + line);
        }
        return new AcceptedDifference(parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip());
    }

    /** Those of one recording. */
    static List<AcceptedDifference> of(String recording) {
        return ALL.stream().filter(each -> matches(each.recording, recording)).toList();
    }

    private static boolean matches(String pattern, String text) {
        return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
    }

    /** Puts what is expected instead into a recording. */
    void putInto(JsonNode root) throws IOException {
        if (!instead.equals(SAME_INSTANT)) {
            Recording.put(root, JsonPointer.compile(place), Recording.JSON.readTree(instead));
        }
    }

    /** Whether another text than the expected one will do: any is meant, or the same time may be written otherwise. */
    boolean allows(JsonPointer at, JsonNode expected, JsonNode actual) {
        boolean anyText = expected.asText().equals(ANY_TEXT);
        if (!instead.equals(SAME_INSTANT)) {
            return anyText && (actual.isTextual() || actual.isNumber());
        }
        return expected.isTextual()
                && !anyText
                && actual.isTextual()
                && matches(place, at.toString())
                && WireTime.parse(expected.asText()).equals(WireTime.parse(actual.asText()));
    }
}
