// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import java.io.IOException;
import java.io.OutputStream;

/** A body that is written piece by piece: the peer is waited for while a piece is written, and not between two. */
final class WatchedOutput extends OutputStream {
    private final OutputStream out;
    private final IdleWatch watch;

    WatchedOutput(OutputStream out, IdleWatch watch) {
        this.out = out;
        this.watch = watch;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        watch.on();
        out.write(bytes, offset, length);
        watch.off();
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        watch.on();
        out.close();
    }
}
