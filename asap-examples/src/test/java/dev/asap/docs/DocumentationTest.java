// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every Java block of the documentation stands in a source file that is compiled; every link to a file leads
 * to one.
 */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    private static List<String> sources;

    private record Block(String page, String code) {
        @Override
        public String toString() {
            return page + ": " + code.lines().findFirst().orElse("");
        }
    }

    @BeforeAll
    static void readSources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !ROOT.relativize(file).toString().contains("target"))
                    .map(DocumentationTest::read)
                    .map(DocumentationTest::normalised)
                    .toList();
        }
    }

    static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    static List<Block> javaBlocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            Matcher block = JAVA_BLOCK.matcher(read(page));
            while (block.find()) {
                blocks.add(new Block(ROOT.relativize(page).toString(), block.group(1)));
            }
        }
        return blocks;
    }

    @Test
    void readme_hasItsExamples() throws IOException {
        assertThat(javaBlocks())
                .filteredOn(block -> block.page().equals("README.md"))
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("javaBlocks")
    void javaBlock_standsInACompiledSource(Block block) {
        String code = normalised(block.code());
        boolean found = sources.stream().anyMatch(source -> source.contains(code));
        assertThat(found)
                .as("no source has this code of %s:%n%s", block.page(), block.code())
                .isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void links_leadToFiles(Path page) {
        Matcher link = LINK.matcher(read(page));
        while (link.find()) {
            Path target = page.resolveSibling(link.group(1)).normalize();
            assertThat(target).as("link of " + page).exists();
        }
    }

    /** The code without white space, so that a block may be indented and broken otherwise than its source. */
    private static String normalised(String code) {
        return code.replaceAll("\\s+", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
