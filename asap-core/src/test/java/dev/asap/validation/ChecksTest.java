// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {
    @Test
    void checks_withoutFindings_pass() {
        assertThatCode(() -> Checks.of("X")
                        .required("a", 1)
                        .atLeast("b", null, 1)
                        .between("c", (Double) null, 0, 1)
                        .between("d", 1.0, 0, 1)
                        .between("e", 10L, 0L, 10L)
                        .maxLength("f", null, 1)
                        .maxLength("g", "😀", 1)
                        .notEmpty("h", null)
                        .rule("i", true, "never said")
                        .rule(true, "never said")
                        .done())
                .doesNotThrowAnyException();
    }

    @Test
    void checks_withFindings_reportThemAllInOrder() {
        assertThatThrownBy(() -> Checks.of("X")
                        .required("a", null)
                        .atLeast("b", 0L, 1)
                        .between("c", Double.NaN, 0, 1)
                        .between("d", 1.5, 0, 1)
                        .maxLength("e", "ab", 1)
                        .notEmpty("f", List.of())
                        .rule("g", false, "must hold", "v")
                        .rule(false, "must hold together")
                        .violation("custom", "h", "is custom")
                        .done())
                .isInstanceOfSatisfying(ValidationException.class, e -> {
                    assertThat(e.subject()).isEqualTo("X");
                    assertThat(e.violations())
                            .extracting(Violation::type)
                            .containsExactly(
                                    "missing",
                                    "greater_than_equal",
                                    "greater_than_equal",
                                    "less_than_equal",
                                    "string_too_long",
                                    "too_short",
                                    "value_error",
                                    "value_error",
                                    "custom");
                })
                .hasMessageStartingWith("Invalid X: a: is required, got nothing; b: must be 1 or more, got 0; ")
                .hasMessageEndingWith("; and 4 more");
    }

    @Test
    void shownValues_areShortened() {
        assertThatThrownBy(() -> Checks.of("X")
                        .rule("a", false, "must fit", "v".repeat(1000))
                        .done())
                .hasMessage("Invalid X: a: must fit, got '" + "v".repeat(120) + "…'");
    }

    @Test
    void violations_areBounded() {
        Violation violation = new Violation("t", List.of("a", "b"), "m");

        assertThat(new ValidationException("X", Collections.nCopies(1000, violation)).violations())
                .hasSize(ValidationException.MAX_VIOLATIONS);
        assertThat(violation.under(List.of("o")).path()).containsExactly("o", "a", "b");
        assertThat(violation.under(List.of())).isSameAs(violation);
        assertThat(violation).hasToString("a.b: m");
    }

    @Test
    void quoted_shortensLongTextsWithoutSplittingAPair() {
        assertThat(Checks.quoted("a".repeat(200))).isEqualTo("a".repeat(200));
        assertThat(Checks.quoted("a".repeat(201))).isEqualTo("a".repeat(200) + "…");
        assertThat(Checks.quoted("a".repeat(199) + "\ud83d\ude00")).isEqualTo("a".repeat(199) + "…");
    }
}
