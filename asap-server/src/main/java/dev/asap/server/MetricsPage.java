// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.Map;

/** Writes metrics as text: in the form of OpenMetrics 1.0, or in the older one of Prometheus. */
final class MetricsPage {
    private static final String TOTAL = "_total";

    private final boolean openMetrics;
    private final StringBuilder text = new StringBuilder();

    MetricsPage(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    /**
     * Adds a counter.
     *
     * @param name its name, without {@code _total}
     * @param samples its values by their labels, as in <code>{a="b"}</code>; without any it is zero
     */
    void counter(String name, String help, Map<String, Long> samples) {
        head(openMetrics ? name : name + TOTAL, "counter", help);
        if (samples.isEmpty()) {
            text.append(name).append(TOTAL).append(" 0\n");
        }
        samples.forEach((labels, count) -> text.append(name)
                .append(TOTAL)
                .append(labels)
                .append(' ')
                .append(count)
                .append(".0\n"));
    }

    /** Adds a gauge. */
    void gauge(String name, String help, double value) {
        head(name, "gauge", help);
        text.append(name).append(' ').append(value).append('\n');
    }

    /** Adds a histogram, by its labels; without any it is one of no observation. */
    void histogram(String name, String help, Map<String, Histogram> samples) {
        head(name, "histogram", help);
        if (samples.isEmpty()) {
            histogram(name, "", new Histogram());
        }
        samples.forEach((labels, histogram) -> histogram(name, labels, histogram));
    }

    private void histogram(String name, String labels, Histogram histogram) {
        long[] counts = histogram.cumulative();
        String others = labels.isEmpty() ? "{" : labels.substring(0, labels.length() - 1) + ",";
        for (int i = 0; i < counts.length; i++) {
            text.append(name).append("_bucket").append(others).append("le=\"").append(Histogram.boundAt(i));
            text.append("\"} ").append(counts[i]).append(".0\n");
        }
        text.append(name)
                .append("_sum")
                .append(labels)
                .append(' ')
                .append(histogram.sumSeconds())
                .append('\n');
        text.append(name)
                .append("_count")
                .append(labels)
                .append(' ')
                .append(counts[counts.length - 1])
                .append(".0\n");
    }

    private void head(String family, String type, String help) {
        text.append("# HELP ").append(family).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    }

    /** The page. */
    String end() {
        return openMetrics ? text + "# EOF\n" : text.toString();
    }

    /** A value of a label, in the quotes of which it stands. */
    static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
