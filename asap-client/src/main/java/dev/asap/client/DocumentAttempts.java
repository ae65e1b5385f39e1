// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The attempts to get one document: counts them and tells the observer. For one thread. */
final class DocumentAttempts {
    private final DocumentRules rules;
    private final CallObserver observer;
    private int made;
    private Duration waited = Duration.ZERO;

    DocumentAttempts(DocumentRules rules, CallObserver observer) {
        this.rules = rules;
        this.observer = observer;
    }

    /** How many were made. */
    int made() {
        return made;
    }

    /** Begins the next attempt; the observer may set headers. */
    void begin(BiConsumer<String, String> headers) {
        made++;
        observer.attempt(made, headers);
    }

    /**
     * How long to wait after the host has answered that it is asked too often.
     *
     * @param asked how long the host asks to wait; null if it does not ask
     * @throws ASAPException the refusal, if there is no further attempt
     */
    Duration waitAfter(ASAPException refusal, @Nullable Duration asked) {
        Duration wait = rules.waitBefore(made - 1, asked, waited);
        if (wait == null) {
            throw refusal;
        }
        waited = waited.plus(wait);
        observer.repeated(made, refusal, wait);
        return wait;
    }
}
