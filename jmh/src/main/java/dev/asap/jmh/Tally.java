// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a counted check has found. Travels from the JVM that counts as lines of {@code name,value}.
 *
 * @param ratio what is compared with the target
 * @param figures what it was made of
 */
record Tally(double ratio, List<Figure> figures) {
    private static final String RATIO = "ratio";

    /** A number and what it is. */
    record Figure(String name, double value) {
        /** As one reads it: {@code 100 opened}. */
        @Override
        public String toString() {
            return number() + " " + name.replace('_', ' ');
        }

        /** Without decimals that say nothing. */
        String number() {
            return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
        }

        private static Figure parse(String line) {
            int comma = line.indexOf(',');
            return new Figure(line.substring(0, comma), Double.parseDouble(line.substring(comma + 1)));
        }
    }

    /** A tally without figures. */
    static Tally of(double ratio) {
        return new Tally(ratio, List.of());
    }

    /** The same with one figure more. */
    Tally with(String name, double value) {
        List<Figure> more = new ArrayList<>(figures);
        more.add(new Figure(name, value));
        return new Tally(ratio, List.copyOf(more));
    }

    /** The same with one number more. */
    Tally with(String name, long number) {
        return with(name, (double) number);
    }

    /** The ratio and the figures. */
    List<Figure> all() {
        return Stream.concat(Stream.of(new Figure(RATIO, ratio)), figures.stream())
                .toList();
    }

    String toLines() {
        return all().stream()
                .map(figure -> figure.name() + "," + figure.value() + "\n")
                .collect(Collectors.joining());
    }

    /**
     * Reads what {@link #toLines} has written.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Tally parse(String lines) {
        if (!lines.startsWith(RATIO + ",")) {
            throw new IllegalArgumentException("expected a tally, got '" + lines + "'");
        }
        List<Figure> all = lines.lines().map(Figure::parse).toList();
        return new Tally(all.get(0).value(), all.subList(1, all.size()));
    }
}
