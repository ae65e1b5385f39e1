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
import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
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
 * values to take over from earlier answers ({@code captures}). Where this library answers otherwise, and as well, that is put in place of
 * what was recorded.
 */
record Recording(
        String name,
        String profile,
        JsonNode root,
        Set<JsonPointer> volatileValues,
        Set<JsonPointer> implementationSpecific,
        List<AcceptedDifference> accepted) {
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
            String name = root.get("name").asText();
            List<AcceptedDifference> accepted = AcceptedDifference.of(name);
            for (AcceptedDifference difference : accepted) {
                difference.putInto(root);
            }
            return new Recording(
                    name,
                    root.at("/server/profile").asText(),
                    root,
                    pointers(root.path("volatile")),
                    pointers(root.path("implementation_specific")),
                    accepted);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the recording " + file, e);
        }
    }

    List<JsonNode> exchanges() {
        List<JsonNode> exchanges = new ArrayList<>();
        root.get("exchanges").forEach(exchanges::add);
        return exchanges;
    }

    /** Whether it needs a server that has processed nothing else. */
    boolean needsFreshServer() {
        return root.at("/server/fresh").asBoolean();
    }

    /** Records that stand in the server's storage before anything is sent. */
    <T> List<T> seed(String member, Class<T> type) {
        List<T> records = new ArrayList<>();
        root.at("/server/seed/" + member)
                .forEach(json -> records.add(ASAPCodec.strict().read(JsonObject.parse(json.toString()), type)));
        return records;
    }

    /** A value as the recorded client wrote it: a blank behind commas and colons. Sizes in answers depend on it. */
    static byte[] bytes(JsonNode value) throws JsonProcessingException {
        return JSON.writer(new DefaultPrettyPrinter(SEPARATORS)
                        .withObjectIndenter(new NopIndenter())
                        .withArrayIndenter(new NopIndenter()))
                .writeValueAsBytes(value);
    }

    /** Whether another text than the recorded one will do there. */
    boolean accepts(JsonPointer at, JsonNode expected, JsonNode actual) {
        return accepted.stream().anyMatch(difference -> difference.allows(at, expected, actual));
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
