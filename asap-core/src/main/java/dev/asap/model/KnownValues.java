// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Finds the constant of a known wire text: the constant's name in lower case, words joined as the wire joins them. */
final class KnownValues<E extends Enum<E>> {
    private final Map<String, E> byValue = new HashMap<>();
    private final E other;

    KnownValues(Class<E> type, E other, char wordSeparator) {
        this.other = other;
        for (E constant : type.getEnumConstants()) {
            if (constant != other) {
                byValue.put(constant.name().toLowerCase(Locale.ROOT).replace('_', wordSeparator), constant);
            }
        }
    }

    E find(String value) {
        return byValue.getOrDefault(value, other);
    }
}
