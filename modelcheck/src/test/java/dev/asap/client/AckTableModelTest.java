// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.Schedules.atOnce;
import static dev.asap.client.Schedules.explore;
import static dev.asap.client.Schedules.require;

import dev.asap.client.internal.socket.AckTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AckTableModelTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1);

    /** Room for two messages, each of which may be sent again once. Counts the messages that expire. */
    private static final class Scene {
        private long now;
        private final AckTable<String> table = new AckTable<>(2, TIMEOUT, 1, () -> now);
        private int expired;

        Scene track(String id) {
            require(table.track(id, id), "no room for " + id);
            return this;
        }

        Scene passTime() {
            now += TIMEOUT.toNanos();
            return this;
        }

        /** The first time was used up. */
        Scene resendAll() {
            passTime();
            table.due();
            return this;
        }

        void check() {
            for (AckTable.Due<String> due : table.due()) {
                if (due instanceof AckTable.Due.Expired<String>) {
                    expired++;
                }
            }
        }

        void requireEmpty() {
            require(table.size() == 0, table.size() + " messages are left");
        }
    }

    @Test
    void acknowledgement_whileTheLastTimeRunsOut_takesOutOnce() {
        explore(() -> {
            Scene scene = new Scene().track("m-1").resendAll().passTime();
            boolean[] acknowledged = new boolean[1];
            atOnce(() -> acknowledged[0] = scene.table.acknowledge("m-1").isPresent(), scene::check);
            require(acknowledged[0] == (scene.expired == 0), "acknowledged and expired, or neither");
            scene.requireEmpty();
        });
    }

    @Test
    void acknowledgement_whileItIsDue_isNotDueAgain() {
        explore(() -> {
            Scene scene = new Scene().track("m-1").passTime();
            boolean[] acknowledged = new boolean[1];
            atOnce(() -> acknowledged[0] = scene.table.acknowledge("m-1").isPresent(), scene::check);
            require(acknowledged[0], "an acknowledgement found nothing");
            scene.requireEmpty();
            scene.passTime().check();
            require(scene.expired == 0, "expired after it was acknowledged");
        });
    }

    @Test
    void twoAcknowledgements_atOnce_takeOutOnce() {
        explore(() -> {
            Scene scene = new Scene().track("m-1");
            List<Optional<String>> got = new ArrayList<>(List.of(Optional.empty(), Optional.empty()));
            atOnce(() -> got.set(0, scene.table.acknowledge("m-1")), () -> got.set(1, scene.table.acknowledge("m-1")));
            require(got.get(0).isPresent() != got.get(1).isPresent(), "expected one, not both or none");
            scene.requireEmpty();
        });
    }

    @Test
    void twoChecks_atOnce_sendAgainOnce() {
        explore(() -> {
            Scene scene = new Scene().track("m-1").passTime();
            List<List<AckTable.Due<String>>> due = new ArrayList<>(List.of(List.of(), List.of()));
            atOnce(() -> due.set(0, scene.table.due()), () -> due.set(1, scene.table.due()));
            require(due.get(0).size() + due.get(1).size() == 1, "expected one that is due, got " + due);
        });
    }

    @Test
    void track_sameIdAnewWhileTheOldOneIsForgotten_keepsTheNewOne() {
        explore(() -> {
            Scene scene = new Scene().track("m-1");
            atOnce(() -> scene.table.forget("m-1", "m-1"), () -> scene.table.track("m-1", "another"));
            require(scene.table.isTracked("m-1", "another"), "the new message was forgotten with the old one");
            require(scene.table.size() == 1, scene.table.size() + " messages for one id");
        });
    }

    @Test
    void track_byTwoWithRoomForOne_takesInOne() {
        explore(() -> {
            Scene scene = new Scene().track("m-1");
            boolean[] tracked = new boolean[2];
            atOnce(
                    () -> tracked[0] = scene.table.track("m-2", "m-2"),
                    () -> tracked[1] = scene.table.track("m-3", "m-3"));
            require(tracked[0] != tracked[1], "expected room for one, not both or none");
            require(scene.table.size() == 2, scene.table.size() + " messages where two fit");
        });
    }

    @Test
    void track_whileFullAndOneIsAcknowledged_isRefusedOrTakenIn() {
        explore(() -> {
            Scene scene = new Scene().track("m-1").track("m-2");
            boolean[] tracked = new boolean[1];
            atOnce(() -> scene.table.acknowledge("m-1"), () -> tracked[0] = scene.table.track("m-3", "m-3"));
            require(scene.table.isTracked("m-3", "m-3") == tracked[0], "said otherwise than it did");
            require(scene.table.size() == (tracked[0] ? 2 : 1), scene.table.size() + " messages are left");
        });
    }

    @Test
    void clear_whileOneIsAcknowledgedAndOneIsDue_leavesNothingAndTakesOutEachOnce() {
        explore(() -> {
            Scene scene = new Scene().track("m-1").track("m-2").resendAll().passTime();
            int[] taken = new int[2];
            atOnce(
                    () -> taken[0] = scene.table.clear().size(),
                    () -> taken[1] = scene.table.acknowledge("m-1").isPresent() ? 1 : 0,
                    scene::check);
            require(
                    taken[0] + taken[1] + scene.expired == 2,
                    "two messages left in " + (taken[0] + taken[1] + scene.expired) + " ways");
            scene.requireEmpty();
        });
    }
}
