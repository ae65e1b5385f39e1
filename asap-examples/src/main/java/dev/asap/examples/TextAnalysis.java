// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is known of a text after some of its paragraphs were read. Immutable; turns into a snapshot's data and back.
 *
 * @param paragraphsRead how many paragraphs were read
 * @param words how many words they have
 * @param sentences how many sentences they have
 * @param occurrences how often each word of four letters or more occurs in them
 */
record TextAnalysis(int paragraphsRead, int words, int sentences, Map<String, Integer> occurrences) {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}'’]+");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?]+(\\s|$)");
    private static final int SHORTEST_COUNTED_WORD = 4;

    static final TextAnalysis EMPTY = new TextAnalysis(0, 0, 0, Map.of());

    TextAnalysis {
        occurrences = Map.copyOf(occurrences);
    }

    /** The paragraphs of a text: what blank lines separate. */
    static List<String> paragraphs(String text) {
        return Pattern.compile("\\R\\s*\\R")
                .splitAsStream(text.strip())
                .filter(paragraph -> !paragraph.isBlank())
                .toList();
    }

    /** What is known after one more paragraph. */
    TextAnalysis read(String paragraph) {
        Map<String, Integer> counts = new TreeMap<>(occurrences);
        int more = 0;
        Matcher word = WORD.matcher(paragraph);
        while (word.find()) {
            more++;
            if (word.group().length() >= SHORTEST_COUNTED_WORD) {
                counts.merge(word.group().toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        }
        int ends = (int) SENTENCE_END.matcher(paragraph).results().count();
        return new TextAnalysis(paragraphsRead + 1, words + more, sentences + ends, counts);
    }

    /** What a caller wants to know in the end. */
    JsonObject result() {
        List<String> frequent = occurrences.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, Integer>>comparingInt(Map.Entry::getValue)
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .limit(5)
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .toList();
        return JsonObject.of(
                "paragraphs", paragraphsRead,
                "words", words,
                "sentences", sentences,
                "distinct_words", occurrences.size(),
                "most_frequent", frequent);
    }

    JsonObject toData() {
        return JsonObject.of(
                "paragraphs_read", paragraphsRead,
                "words", words,
                "sentences", sentences,
                "occurrences", occurrences);
    }

    static TextAnalysis fromData(JsonObject data) {
        Map<String, Integer> occurrences = data.getObject("occurrences").members().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().asInt()));
        return new TextAnalysis(
                data.getInt("paragraphs_read"), data.getInt("words"), data.getInt("sentences"), occurrences);
    }
}
