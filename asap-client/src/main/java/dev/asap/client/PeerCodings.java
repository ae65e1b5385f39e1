// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.Compression.Coding;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a peer has taught about the codings that it takes: all are tried until it refuses one, then only those that it named while
 * it refused. Lasts as long as the client. Thread-safe.
 */
final class PeerCodings {
    /** A weight by which a list of codings excludes one. */
    private static final Pattern ZERO_WEIGHT = Pattern.compile("q\\s*=\\s*0(\\.0*)?");

    /** The sets are not changed. {@code named} is null as long as nothing was refused. */
    private record Lesson(Set<Coding> refused, @Nullable Set<Coding> named) {
        boolean allows(Coding coding) {
            return named == null || (named.contains(coding) && !refused.contains(coding));
        }

        Lesson refusing(Coding coding, Set<Coding> nowNamed) {
            if (refused.contains(coding)) {
                // Another message that was already under way.
                return this;
            }
            Set<Coding> all = EnumSet.of(coding);
            all.addAll(refused);
            return new Lesson(all, nowNamed);
        }
    }

    private final AtomicReference<Lesson> lesson = new AtomicReference<>(new Lesson(Set.of(), null));

    /** Whether the peer may be sent this coding. */
    boolean allows(Coding coding) {
        return lesson.get().allows(coding);
    }

    /**
     * Keeps in mind that the peer refused a coding.
     *
     * @param acceptEncoding the values of the refusal's {@code Accept-Encoding} headers; may be empty
     */
    void refused(Coding coding, List<String> acceptEncoding) {
        Set<Coding> named = named(acceptEncoding);
        lesson.updateAndGet(known -> known.refusing(coding, named));
    }

    private static Set<Coding> named(List<String> acceptEncoding) {
        Set<Coding> named = EnumSet.noneOf(Coding.class);
        for (String value : acceptEncoding) {
            for (String element : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = element.split(";", 2);
                boolean excluded =
                        parts.length > 1 && ZERO_WEIGHT.matcher(parts[1].trim()).matches();
                for (Coding coding : Coding.values()) {
                    if (!excluded && coding.token().equals(parts[0].trim())) {
                        named.add(coding);
                    }
                }
            }
        }
        return named;
    }
}
