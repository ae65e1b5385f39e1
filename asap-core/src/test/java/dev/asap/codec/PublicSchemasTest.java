// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.asap.codec.WireForms.Form;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is written is valid by the protocol's public JSON Schemas, where they are at hand. */
class PublicSchemasTest {
    private static final Path SCHEMAS = Path.of("../../shared/protocol/schemas");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static final List<Form> FORMS =
            WireForms.ALL.stream().filter(form -> !form.schema().isEmpty()).toList();

    @BeforeEach
    void schemasAreThere() {
        assumeTrue(Files.isDirectory(SCHEMAS), "the schemas are not here");
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void written_isValidBySchema(Form form) throws IOException {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schemaOf(form));
        assertThat(schema.validate(MAPPER.createObjectNode().put("zzz", 1))).isNotEmpty();
        for (String json : List.of(form.minimal(), form.minimalFull(), form.rich())) {
            Object record = ASAPCodec.strict().read(json.getBytes(StandardCharsets.UTF_8), form.type());
            for (WireForm wireForm : WireForm.values()) {
                JsonNode written = MAPPER.readTree(ASAPCodec.strict().write(record, wireForm));
                assertThat(schema.validate(written)).as(written.toString()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void fullForm_hasTheMembersOfTheSchemaInItsOrder(Form form) throws IOException {
        JsonNode schema = schemaOf(form);
        JsonNode target =
                schema.has("$ref") ? schema.at(schema.get("$ref").asText().substring(1)) : schema;
        List<String> declared = new ArrayList<>();
        target.get("properties").fieldNames().forEachRemaining(declared::add);

        assertThat(JsonObject.parse(form.minimalFull()).names()).containsExactlyElementsOf(declared);
    }

    private static JsonNode schemaOf(Form form) throws IOException {
        String[] place = form.schema().split("#", 2);
        JsonNode file =
                MAPPER.readTree(SCHEMAS.resolve(place[0] + ".schema.json").toFile());
        return place.length == 1
                ? file
                : MAPPER.createObjectNode().put("$ref", "#" + place[1]).set("$defs", file.get("$defs"));
    }
}
