// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A thread's connection. */
@State(Scope.Thread)
public abstract class Connected {
    private @Nullable RawConnection connection;

    /** For JMH. */
    protected Connected() {}

    /** Connects to a server that answers {@code POST /asap}. */
    protected final void connect(int port, byte[] request) throws IOException {
        connection = new RawConnection(port, "/asap", request);
    }

    /** Sends the request and reads the answer. */
    final byte[] exchange() throws IOException {
        if (connection == null) {
            throw new IllegalStateException("not connected");
        }
        return connection.exchange();
    }

    /** Disconnects. */
    @TearDown
    public final void disconnect() throws IOException {
        if (connection != null) {
            connection.close();
        }
    }
}
