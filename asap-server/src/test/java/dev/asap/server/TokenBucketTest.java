// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private final AtomicLong nanos = new AtomicLong();

    private void pass(double seconds) {
        nanos.addAndGet((long) (seconds * 1e9));
    }

    @Test
    void bucket_letsASecondsWorthPassAtOnce_andRefills() {
        TokenBucket bucket = new TokenBucket(2, nanos::get);
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isFalse();
        pass(0.5);
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isFalse();
        pass(3600);
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isFalse();
    }

    @Test
    void slowBucket_holdsOne() {
        TokenBucket bucket = new TokenBucket(0.5, nanos::get);
        assertThat(bucket.take()).isTrue();
        pass(1);
        assertThat(bucket.take()).isFalse();
        pass(1);
        assertThat(bucket.take()).isTrue();
    }

    @Test
    void bucketWithoutLimit_letsEverythingPass() {
        TokenBucket bucket = new TokenBucket(0, nanos::get);
        for (int i = 0; i < 1000; i++) {
            assertThat(bucket.take()).isTrue();
        }
    }
}
