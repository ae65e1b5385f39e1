// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.asap.codec.WireForms.Form;
import dev.asap.json.JsonNull;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.Part;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for each record alike. */
class RecordFormsTest {
    private static final ASAPCodec STRICT = ASAPCodec.strict();
    private static final ASAPCodec TOLERANT = ASAPCodec.tolerant();

    static final List<Form> FORMS = WireForms.ALL;

    @ParameterizedTest
    @FieldSource("FORMS")
    void record_withoutOptionalMembers_isReadAndWrittenInBothForms(Form form) {
        Object record = STRICT.read(utf8(form.minimal()), form.type());

        assertThat(text(STRICT.write(record))).isEqualTo(form.minimalFull());
        assertThat(text(STRICT.write(record, WireForm.COMPACT))).isEqualTo(form.minimal());
        assertThat(STRICT.read(utf8(form.minimalFull()), form.type())).isEqualTo(record);
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void record_withAllMembers_isWrittenAsItWasRead(Form form) {
        Object record = STRICT.read(utf8(form.rich()), form.type());

        assertThat(text(STRICT.write(record, WireForm.FULL))).isEqualTo(form.rich());
        assertThat(STRICT.read(STRICT.write(record, WireForm.COMPACT), form.type()))
                .isEqualTo(record);
        assertThat(STRICT.toJson(record, WireForm.FULL)).isEqualTo(JsonObject.parse(form.rich()));
        assertThat(STRICT.read(JsonObject.parse(form.rich()), form.type()))
                .isEqualTo(record)
                .hasSameHashCodeAs(record);
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void record_withMembersInReverseOrder_isTheSame(Form form) {
        JsonObject object = JsonObject.parse(form.rich());
        JsonObject reversed = JsonObject.empty();
        List<String> names = List.copyOf(object.names());
        for (int i = names.size() - 1; i >= 0; i--) {
            reversed = reversed.with(names.get(i), object.get(names.get(i)));
        }

        assertThat(STRICT.read(reversed.toBytes(), form.type())).isEqualTo(STRICT.read(object, form.type()));
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void unknownMember_isRefusedByStrictAndPassedOverByTolerantReaders(Form form) {
        JsonObject withNeighbour = JsonObject.parse(form.rich()).with("zzz", JsonObject.of("a", List.of(1)));

        assertThat(violations(withNeighbour, form.type()))
                .extracting(Violation::type, Violation::path)
                .containsExactly(tuple("extra_forbidden", List.of("zzz")));
        assertThat(TOLERANT.read(withNeighbour, form.type()))
                .isEqualTo(STRICT.read(JsonObject.parse(form.rich()), form.type()));
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void otherThanAnObject_isRefused(Form form) {
        for (String json : List.of("[]", "1", "\"x\"", "null", "true")) {
            assertThatThrownBy(() -> STRICT.read(utf8(json), form.type()))
                    .isInstanceOfSatisfying(
                            ValidationException.class,
                            e -> assertThat(e.violations())
                                    .extracting(Violation::type, Violation::path)
                                    .containsExactly(tuple("model_type", List.of())));
        }
    }

    @ParameterizedTest
    @MethodSource("requiredMembers")
    void requiredMember_absentOrNull_isRefusedByName(Form form, String member) {
        JsonObject object = JsonObject.parse(form.minimal());

        assertThat(violations(object.without(member), form.type()))
                .extracting(Violation::type, Violation::path)
                .containsExactly(tuple("missing", List.of(member)));
        assertThat(violations(object.with(member, null), form.type()))
                .isNotEmpty()
                .allSatisfy(violation -> assertThat(violation.path()).startsWith(member))
                .noneSatisfy(violation -> assertThat(violation.type()).isEqualTo("missing"));
    }

    static Stream<Arguments> requiredMembers() {
        // The envelope makes up these two, a result or an error must be there by another rule, and one is written
        // always.
        Set<String> not = Set.of("Envelope.id", "Envelope.timestamp", "McpToolResult.result", "RegistryEntry.skills");
        return FORMS.stream()
                .flatMap(form -> JsonObject.parse(form.minimal()).names().stream()
                        .filter(name -> !not.contains(form + "." + name))
                        .map(name -> Arguments.of(form, name)));
    }

    @ParameterizedTest
    @MethodSource("defaultedMembers")
    void memberWithADefault_null_isRefused(Form form, String member) {
        assertThat(violations(JsonObject.parse(form.minimal()).with(member, null), form.type()))
                .singleElement()
                .satisfies(violation -> assertThat(violation.path()).containsExactly(member));
    }

    static Stream<Arguments> defaultedMembers() {
        return FORMS.stream().flatMap(form -> {
            JsonObject minimal = JsonObject.parse(form.minimal());
            return JsonObject.parse(form.minimalFull()).members().entrySet().stream()
                    .filter(member -> !minimal.has(member.getKey()) && member.getValue() != JsonNull.INSTANCE)
                    .map(member -> Arguments.of(form, member.getKey()));
        });
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void memberOfTheWrongKind_isRefusedAtItsPlace(Form form) {
        JsonObject rich = JsonObject.parse(form.rich());
        for (String name : rich.names()) {
            if (rich.get(name).isNull()) {
                continue;
            }
            // An array of an array of numbers fits nowhere.
            assertThat(violations(rich.with(name, List.of(List.of(1))), form.type()))
                    .as(name)
                    .isNotEmpty()
                    .allSatisfy(violation -> assertThat(violation.path()).startsWith(name));
        }
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void part_readAsTheInterface_isOfItsKind(Form form) {
        if (WireForms.isPart(form)) {
            Part part = STRICT.read(utf8(form.rich()), Part.class);

            assertThat(part).isInstanceOf(form.type());
            assertThat(part.type()).isEqualTo(JsonObject.parse(form.rich()).getString("type"));
            assertThat(text(STRICT.write(part))).isEqualTo(form.rich());
        }
    }

    private static List<Violation> violations(JsonObject object, Class<?> type) {
        return catchThrowableOfType(ValidationException.class, () -> STRICT.read(object, type))
                .violations();
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
