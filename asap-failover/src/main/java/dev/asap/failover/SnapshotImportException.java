// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.ASAPException;

/** An import broke off because the store failed. What was imported before the line stays; importing the whole again does no harm. */
public final class SnapshotImportException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final long line;
    private final boolean retryable;

    SnapshotImportException(long line, ASAPException cause) {
        super("Line " + line + " could not be imported: " + cause.getMessage(), cause);
        this.line = line;
        this.retryable = cause.retryable();
    }

    /** The number of the line at which the store failed, 1 for the first. */
    public long line() {
        return line;
    }

    @Override
    public boolean retryable() {
        return retryable;
    }
}
