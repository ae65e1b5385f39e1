// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** The times that a stream may take. */
enum StreamLimit {
    FIRST_BYTE("firstByteTimeout"),
    IDLE("idleTimeout"),
    TOTAL("totalTimeout");

    private final String option;

    StreamLimit(String option) {
        this.option = option;
    }

    /** The name of the option that sets it. */
    String option() {
        return option;
    }
}
