// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter.NopIndenter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One recorded case: requests and the answers that an implementation has to give.
 *
 * <p>The file names the JSON pointers of values that change from run to run ({@code volatile}), of texts that each
 * implementation words for itself ({@code implementation_specific}), of times to set anew ({@code time_offsets}) and of
 * values to take over from earlier answers ({@code captures}).
 */
record Recording(
        String name,
        String profile,
        JsonNode root,
        Set<JsonPointer> volatileValues,
        Set<JsonPointer> implementationSpecific) {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);

    private static final Separators SEPARATORS = Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEntrySpacing(Separators.Spacing.AFTER)
            .withArrayValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");

    static Recording read(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            return new Recording(
                    root.get("name").asText(),
                    root.at("/server/profile").asText(),
                    root,
                    pointers(root.path("volatile")),
                    pointers(root.path("implementation_specific")));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the recording " + file, e);
        }
    }

    List<JsonNode> exchanges() {
        List<JsonNode> exchanges = new ArrayList<>();
        root.get("exchanges").forEach(exchanges::add);
        return exchanges;
    }

    /** A value as the recorded client wrote it: a blank behind commas and colons. Sizes in answers depend on it. */
    static byte[] bytes(JsonNode value) throws JsonProcessingException {
        return JSON.writer(new DefaultPrettyPrinter(SEPARATORS)
                        .withObjectIndenter(new NopIndenter())
                        .withArrayIndenter(new NopIndenter()))
                .writeValueAsBytes(value);
    }

    /** Puts a value where a pointer points. */
    static void put(JsonNode root, JsonPointer pointer, JsonNode value) {
        ((ObjectNode) root.at(pointer.head())).set(pointer.last().getMatchingProperty(), value);
    }

    private static Set<JsonPointer> pointers(JsonNode list) {
        Set<JsonPointer> pointers = new HashSet<>();
        list.forEach(pointer -> pointers.add(JsonPointer.compile(pointer.asText())));
        return pointers;
    }

    @Override
    public String toString() {
        return name;
    }
}
