// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Which content codings a caller accepts, by its {@code Accept-Encoding}. Immutable. */
final class AcceptedCodings {
    private final Map<String, Double> weights = new HashMap<>();

    private AcceptedCodings() {}

    static AcceptedCodings of(String header) {
        AcceptedCodings accepted = new AcceptedCodings();
        for (String part : header.split(",", -1)) {
            String[] nameAndRest = part.split(";", -1);
            String name = nameAndRest[0].strip().toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                accepted.weights.put(name, weight(nameAndRest));
            }
        }
        return accepted;
    }

    private static double weight(String[] nameAndParameters) {
        for (int i = 1; i < nameAndParameters.length; i++) {
            String parameter = nameAndParameters[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2).strip());
                } catch (NumberFormatException e) {
                    // What cannot be read is not wanted much.
                    return 0;
                }
            }
        }
        return 1;
    }

    /** How much a coding is wanted; 0 not at all. */
    double weightOf(String coding) {
        Double weight = weights.get(coding);
        if (weight == null) {
            weight = weights.getOrDefault("*", 0.0);
        }
        return weight;
    }

    /** How much an answer as it is is wanted, where the caller says so. */
    double identityWeight() {
        return weights.getOrDefault("identity", 0.0);
    }
}
