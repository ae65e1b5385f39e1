// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.Schedules.atOnce;
import static dev.asap.client.Schedules.explore;
import static dev.asap.client.Schedules.require;

import dev.asap.client.CircuitBreaker.Permit;
import dev.asap.client.CircuitBreaker.State;
import dev.asap.error.CircuitOpenException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircuitBreakerModelTest {
    private static final String PEER = "https://agent.example";

    /** Not more than the ticker shows. */
    private static final Duration OPEN_FOR = Duration.ofMillis(1);

    /** A breaker that opened by failures in a row, with its open time over once the time was moved. */
    private static final class Scene {
        private long now;
        private final CircuitBreaker breaker;

        Scene(int threshold) {
            breaker = new CircuitBreaker(threshold, OPEN_FOR, () -> now);
        }

        Permit acquire() {
            return breaker.acquire(PEER);
        }

        @Nullable
        Permit tryAcquire() {
            try {
                return breaker.acquire(PEER);
            } catch (CircuitOpenException e) {
                return null;
            }
        }

        void passTime() {
            now += OPEN_FOR.toNanos();
        }

        /** Opens it and lets its time pass. */
        Scene due() {
            acquire().failure();
            passTime();
            return this;
        }

        void requireState(State expected, int failures) {
            require(
                    breaker.state() == expected && breaker.consecutiveFailures() == failures,
                    "expected " + expected + " after " + failures + ", is " + breaker);
        }

        void requireRefusal() {
            require(tryAcquire() == null, "expected no permit, " + breaker + " gave one");
        }

        /** Whatever happened: when its time has come, a call gets through and can close it. */
        void requireNoPermitLost() {
            passTime();
            Permit permit = tryAcquire();
            require(permit != null, "expected a permit, " + breaker + " has none");
            permit.success();
            requireState(State.CLOSED, 0);
        }
    }

    @Test
    void twoCalls_whenTheOpenTimeIsOver_oneGetsThrough() {
        explore(() -> {
            Scene scene = new Scene(1).due();
            Permit[] got = new Permit[2];
            atOnce(() -> got[0] = scene.tryAcquire(), () -> got[1] = scene.tryAcquire());
            require((got[0] == null) != (got[1] == null), "expected one permit, not both or none");
            scene.requireRefusal();
            (got[0] == null ? got[1] : got[0]).close();
            scene.requireNoPermitLost();
        });
    }

    @Test
    void twoCalls_whenThePermitWasGivenBack_oneGetsThrough() {
        explore(() -> {
            Scene scene = new Scene(1).due();
            scene.acquire().close();
            Permit[] got = new Permit[2];
            atOnce(() -> got[0] = scene.tryAcquire(), () -> got[1] = scene.tryAcquire());
            require((got[0] == null) != (got[1] == null), "expected one permit, not both or none");
            (got[0] == null ? got[1] : got[0]).success();
            scene.requireState(State.CLOSED, 0);
        });
    }

    @Test
    void permit_givenBackWhileAnotherCallBegins_isNotLost() {
        explore(() -> {
            Scene scene = new Scene(1).due();
            Permit probe = scene.acquire();
            Permit[] got = new Permit[1];
            atOnce(probe::close, () -> got[0] = scene.tryAcquire());
            if (got[0] != null) {
                scene.requireRefusal();
                got[0].close();
            }
            scene.requireNoPermitLost();
        });
    }

    @Test
    void permit_failedTwiceAtOnce_countsOnce() {
        explore(() -> {
            Scene scene = new Scene(3);
            Permit permit = scene.acquire();
            atOnce(permit::failure, permit::failure);
            scene.requireState(State.CLOSED, 1);
        });
    }

    @Test
    void probe_settledInThreeWaysAtOnce_obeysOne() {
        explore(() -> {
            Scene scene = new Scene(1).due();
            Permit probe = scene.acquire();
            atOnce(probe::failure, probe::close, probe::success);
            int failures = scene.breaker.consecutiveFailures();
            switch (scene.breaker.state()) {
                case CLOSED -> require(failures == 0, "closed with " + failures + " failures");
                case OPEN -> require(failures == 2, "open with " + failures + " failures");
                case HALF_OPEN -> require(failures == 1, "half-open with " + failures + " failures");
            }
            scene.requireNoPermitLost();
        });
    }

    @Test
    void failures_atOnce_areAllCounted() {
        explore(() -> {
            Scene scene = new Scene(3);
            scene.acquire().failure();
            atOnce(() -> scene.acquire().failure(), () -> scene.acquire().failure());
            scene.requireState(State.OPEN, 3);
        });
    }

    @Test
    void failureAndSuccess_atOnce_leaveNoneOrOne() {
        explore(() -> {
            Scene scene = new Scene(2);
            scene.acquire().failure();
            Permit failing = scene.acquire();
            Permit succeeding = scene.acquire();
            atOnce(failing::failure, succeeding::success);
            // Either the failure was the second in a row, and the success came too late; or it began a new row.
            if (scene.breaker.state() == State.OPEN) {
                scene.requireState(State.OPEN, 2);
            } else {
                scene.requireState(State.CLOSED, 1);
            }
        });
    }

    @Test
    void lateSuccess_whileTheProbeFails_doesNotClose() {
        explore(() -> {
            Scene scene = new Scene(1);
            Permit early = scene.acquire();
            Permit probe = scene.due().acquire();
            atOnce(early::success, probe::failure);
            scene.requireState(State.OPEN, 2);
            scene.requireNoPermitLost();
        });
    }

    @Test
    void lateFailure_whileTheProbeSucceeds_doesNotOpen() {
        explore(() -> {
            Scene scene = new Scene(1);
            Permit early = scene.acquire();
            Permit probe = scene.due().acquire();
            atOnce(early::failure, probe::success);
            scene.requireState(State.CLOSED, 0);
        });
    }

    @Test
    void reset_whileTheProbeFails_staysClosed() {
        explore(() -> {
            Scene scene = new Scene(1).due();
            Permit probe = scene.acquire();
            atOnce(scene.breaker::reset, probe::failure);
            scene.requireState(State.CLOSED, 0);
        });
    }
}
