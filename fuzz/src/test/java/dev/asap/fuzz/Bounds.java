// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** What reading may cost, by the length of what is read. */
public final class Bounds {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long BASE_BYTES = 1L << 20;
    private static final long BYTES_PER_BYTE = 1000;
    private static final long BASE_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_BYTE = 100_000;

    private Bounds() {}

    /**
     * Runs a reader, and fails if it takes more memory or time of the processor than the length of its input explains. What was expensive
     * is run again before it is judged: the first time, classes are loaded and tables are made.
     */
    public static void within(int length, Runnable reader) {
        String first = excess(length, reader);
        String again = first == null ? null : excess(length, reader);
        if (again != null) {
            throw new AssertionError("reading " + length + " bytes took " + again);
        }
    }

    private static @Nullable String excess(int length, Runnable reader) {
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long nanosBefore = THREADS.getCurrentThreadCpuTime();
        reader.run();
        long nanos = THREADS.getCurrentThreadCpuTime() - nanosBefore;
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        if (bytes > BASE_BYTES + BYTES_PER_BYTE * length) {
            return bytes + " bytes";
        }
        return nanos > BASE_NANOS + NANOS_PER_BYTE * length ? nanos + " ns of the processor" : null;
    }
}
