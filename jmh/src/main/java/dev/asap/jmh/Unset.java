// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ASAPClient;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import java.sql.Connection;
import java.sql.PreparedStatement;

/** Fields of a benchmark's state before JMH sets it up. */
final class Unset {
    private Unset() {}

    @SuppressWarnings("NullAway") // set in the set-up method, which JMH runs before everything else
    static Storage storage() {
        return null;
    }

    @SuppressWarnings("NullAway") // see above
    static Connection connection() {
        return null;
    }

    @SuppressWarnings("NullAway") // see above
    static PreparedStatement statement() {
        return null;
    }

    @SuppressWarnings("NullAway") // see above
    static ASAPServer server() {
        return null;
    }

    @SuppressWarnings("NullAway") // see above
    static ASAPClient client() {
        return null;
    }
}
