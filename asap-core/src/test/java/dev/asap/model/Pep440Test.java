// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Pep440Test {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "1.0",
                "01.02",
                "1.2.3.4.5",
                "v1.0",
                "V1",
                " v1.0 ",
                "1.0\n",
                "\t1.0\u00a0",
                "1!1",
                "2!1.0",
                "1.0a1",
                "1.0A1",
                "1.0a",
                "1.0a.",
                "1.0.a.1",
                "1.0-alpha-1",
                "1.0_beta_2",
                "1.0c1",
                "1.0rc1",
                "1.0RC1",
                "1.0-preview-2",
                "1.0pre",
                "1.0.0-beta",
                "1.0.0-rc.1+build.5",
                "1.0-1",
                "1.0post",
                "1.0post-",
                "1.0-post1",
                "1.0.post1",
                "1.0r",
                "1.0-r-5",
                "1.0rev2.dev3",
                "1.0cr",
                "1.0alphar",
                "1.0a.post1",
                "1.0a--1",
                "1.0a-post",
                "1.0.dev1",
                "1.0.dev.",
                "1.0post.dev",
                "1-2-dev",
                "1.0a1.post2.dev3",
                "1.0+abc",
                "1.0+a_b-c.9",
                "1.0+A",
                "1.0+1",
                "2!1.0rc1.post2.dev3+local.1"
            })
    void version_ofTheGrammar_isOne(String text) {
        assertThat(Pep440.isVersion(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "v",
                "vv1",
                "v 1.0",
                ".1",
                "1.",
                "1..0",
                "1.0.",
                "1.0.x",
                "1.0-",
                "1.0--post1",
                "1.0-1-1",
                "1.0 1",
                "1!",
                "!1",
                "1!!1",
                "1!2!3",
                "1.0a1b1",
                "1.0dev1post1",
                "1.0e1",
                "1.0alph",
                "1.0.0-alpha.beta",
                "1.0.0-SNAPSHOT",
                "1.0+",
                "1.0+a..b",
                "1.0+-a",
                "1.0+a-",
                "1.0+ü",
                "1.0+a+b",
                "٣.0",
                "1.0po\u017ft1",
                "latest"
            })
    void version_outsideTheGrammar_isNone(String text) {
        assertThat(Pep440.isVersion(text)).isFalse();
        assertThat(Pep440.parse(text)).isEmpty();
    }

    @Test
    void versions_ofRisingOrder_compareSo() {
        List<String> rising = List.of(
                "0",
                "0.1",
                "0.1.0.1",
                "0.2",
                "0.10",
                "1.dev0",
                "1.dev1",
                "1.0a0.dev3",
                "1.0a",
                "1.0alpha1.post0.dev1",
                "1.0a1.post",
                "1.0a2",
                "1.0a10",
                "1.0b1",
                "1.0c1",
                "1.0rc2",
                "1.0",
                "1.0+a",
                "1.0+abc",
                "1.0+abc.a",
                "1.0+abc.5",
                "1.0+5",
                "1.0+5.0",
                "1.0+10",
                "1.0.post0.dev4",
                "1.0-0",
                "1.0.post1",
                "1.0.1",
                "1.1.dev1",
                "1.99999999999999999999",
                "1.100000000000000000000",
                "2024.1",
                "1!0.1");
        for (int i = 0; i < rising.size(); i++) {
            for (int j = 0; j < rising.size(); j++) {
                assertThat(Integer.signum(version(rising.get(i)).compareTo(version(rising.get(j)))))
                        .as(rising.get(i) + " to " + rising.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, v1.0.0",
        "0, 0.0.0",
        "1.0, 0!1",
        "01.02, 1.2",
        "1.0a, 1.0-alpha.00",
        "1.0c1, 1.0.pre_1",
        "1.0c1, 1.0RC1",
        "1.0-1, 1.0.rev1",
        "1.0.dev, 1-dev-0",
        "1.0+A_07, 1.0+a.7"
    })
    void versions_spelledOtherwise_compareAsEqual(String one, String other) {
        assertThat(version(one)).isEqualByComparingTo(version(other));
        assertThat(version(other)).isEqualByComparingTo(version(one));
    }

    private static Pep440 version(String text) {
        return Pep440.parse(text).orElseThrow();
    }

    @Test
    void version_ofGreatLength_isScannedWithoutRecursion() {
        assertThat(Pep440.isVersion("1" + ".1".repeat(1_000_000))).isTrue();
        assertThat(Pep440.isVersion("1+a" + ".a".repeat(1_000_000) + ".")).isFalse();
    }
}
