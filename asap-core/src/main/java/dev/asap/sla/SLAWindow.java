// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.validation.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The spans of time over which figures are put together. */
public enum SLAWindow {
    /** {@code 1h}. */
    HOUR("1h", Duration.ofHours(1)),
    /** {@code 24h}. */
    DAY("24h", Duration.ofHours(24)),
    /** {@code 7d}. */
    WEEK("7d", Duration.ofDays(7)),
    /** {@code 30d}. */
    MONTH("30d", Duration.ofDays(30));

    private final String text;
    private final Duration length;

    SLAWindow(String text, Duration length) {
        this.text = text;
        this.length = length;
    }

    /** The name on the wire. */
    public String text() {
        return text;
    }

    /** How long it is. */
    public Duration length() {
        return length;
    }

    /** When the window begins that ends at {@code end}. */
    public Instant startBefore(Instant end) {
        return end.minus(length);
    }

    /**
     * The window with this name on the wire.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static SLAWindow parse(String text) {
        for (SLAWindow window : values()) {
            if (window.text.equals(text)) {
                return window;
            }
        }
        throw new IllegalArgumentException("window must be one of "
                + Arrays.stream(values())
                        .map(window -> "'" + window.text + "'")
                        .collect(Collectors.joining(", ", "(", ")"))
                + "; got '" + Checks.quoted(text) + "'");
    }
}
