// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.Schedules.atOnce;
import static dev.asap.client.Schedules.explore;
import static dev.asap.client.Schedules.require;

import dev.asap.ASAPException;
import dev.asap.client.ManifestCache.Fetched;
import dev.asap.id.AgentUrn;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings(
        "ReferenceEquality") // What is kept is what was fetched; and comparing contents would be many steps more.
class ManifestCacheModelTest {
    private static final String URL = "https://agent.example/manifest.json";
    private static final String OTHER_URL = "https://other.example/manifest.json";
    private static final Manifest OLD = manifest("old");
    private static final Manifest NEW = manifest("new");

    /** Time stands still unless a scenario moves it, so this is longer than any wait. */
    private static final Duration TTL = Duration.ofSeconds(5);

    private static Manifest manifest(String name) {
        return Manifest.builder(
                        AgentUrn.of("urn:asap:agent:test"), name, "1.0.0", Endpoint.of("https://agent.example/asap"))
                .build();
    }

    /** A cache, and the server whose manifest it keeps. */
    private static final class Scene {
        private long now;
        private volatile Manifest served = OLD;
        private final AtomicInteger loads = new AtomicInteger();
        private final ManifestCache cache;

        Scene(int maxSize) {
            cache = ManifestCache.builder().maxSize(maxSize).ticker(() -> now).build();
        }

        Manifest get() {
            return get(() -> new Fetched.Fresh(served, TTL, null));
        }

        Manifest get(Supplier<Fetched> answer) {
            return cache.get(URL, new ManifestCache.Loader() {
                @Override
                public Fetched load(@Nullable String etag) {
                    loads.incrementAndGet();
                    return answer.get();
                }

                @Override
                public Duration timeout() {
                    return TTL;
                }

                @Override
                public String operation() {
                    return URL;
                }
            });
        }

        /** What a fetch threw; null if it brought a manifest. */
        @Nullable
        ASAPException failure(Supplier<Fetched> answer) {
            try {
                require(get(answer) == OLD, "expected what the server has");
                return null;
            } catch (ASAPException e) {
                return e;
            }
        }

        void requireKept(Manifest expected) {
            require(cache.get(URL).orElse(null) == expected, "expected " + expected.name() + " to be kept");
        }
    }

    @Test
    void twoMisses_atOnce_fetchOnceForBoth() {
        explore(() -> {
            Scene scene = new Scene(2);
            Runnable miss = () -> require(scene.get() == OLD, "expected what the server has");
            atOnce(miss, miss);
            require(scene.loads.get() == 1, "fetched " + scene.loads + " times");
            scene.requireKept(OLD);
        });
    }

    @Test
    void failure_whileAnotherMisses_isFetchedOnceForBoth() {
        explore(() -> {
            Scene scene = new Scene(2);
            ASAPException unreachable = new ClientFailure();
            Supplier<Fetched> failing = () -> {
                throw unreachable;
            };
            Runnable miss = () -> require(scene.failure(failing) == unreachable, "expected the failure of the fetch");
            atOnce(miss, miss);
            require(scene.loads.get() == 1, "fetched " + scene.loads + " times");
        });
    }

    @Test
    void fetchGivenUp_whileAnotherMisses_isMadeByTheOther() {
        explore(() -> {
            Scene scene = new Scene(2);
            AtomicInteger fetches = new AtomicInteger();
            Supplier<Fetched> givenUpOnce = () -> {
                if (fetches.incrementAndGet() == 1) {
                    throw new ClientClosedException("closed", null);
                }
                return new Fetched.Fresh(OLD, TTL, null);
            };
            ASAPException[] failures = new ASAPException[2];
            atOnce(() -> failures[0] = scene.failure(givenUpOnce), () -> failures[1] = scene.failure(givenUpOnce));
            require((failures[0] == null) != (failures[1] == null), "expected one failure, not both or none");
            require(scene.loads.get() == 2, "fetched " + scene.loads + " times");
            scene.requireKept(OLD);
        });
    }

    @Test
    void invalidate_whileFetched_keepsNothingOlder() {
        explore(() -> {
            Scene scene = new Scene(2);
            atOnce(scene::get, () -> {
                scene.served = NEW;
                scene.cache.invalidate(URL);
            });
            require(scene.get() == NEW, "what was fetched before the invalidation is still there");
        });
    }

    @Test
    void clearAll_whileFetched_keepsNothingOlder() {
        explore(() -> {
            Scene scene = new Scene(2);
            atOnce(scene::get, () -> {
                scene.served = NEW;
                scene.cache.clearAll();
            });
            require(scene.get() == NEW, "what was fetched before all was cleared is still there");
        });
    }

    @Test
    void set_whileFetched_stays() {
        explore(() -> {
            Scene scene = new Scene(2);
            atOnce(scene::get, () -> scene.cache.set(URL, NEW, TTL));
            scene.requireKept(NEW);
        });
    }

    @Test
    void set_whileAFetchFails_stays() {
        explore(() -> {
            Scene scene = new Scene(2);
            Supplier<Fetched> failing = () -> {
                throw new ClientFailure();
            };
            atOnce(
                    () -> {
                        try {
                            require(scene.get(failing) == NEW, "expected what was set");
                        } catch (ClientFailure e) {
                            require(scene.loads.get() == 1, "nobody fetched");
                        }
                    },
                    () -> scene.cache.set(URL, NEW, TTL));
            scene.requireKept(NEW);
            require(scene.get() == NEW, "what was set is hidden by a failure");
        });
    }

    @Test
    void set_whileTheOldOneIsFoundExpired_stays() {
        explore(() -> {
            Scene scene = new Scene(2);
            scene.cache.set(URL, OLD, TTL);
            scene.now += TTL.toNanos();
            atOnce(() -> scene.cache.get(URL), () -> scene.cache.set(URL, NEW, TTL));
            scene.requireKept(NEW);
        });
    }

    @Test
    void twoSets_ofAFullCache_leaveTheBound() {
        explore(() -> {
            Scene scene = new Scene(1);
            atOnce(() -> scene.cache.set(URL, OLD, TTL), () -> scene.cache.set(OTHER_URL, NEW, TTL));
            require(scene.cache.size() == 1, scene.cache.size() + " manifests are kept");
            require(
                    scene.cache.stats().evictions() == 1,
                    "evicted " + scene.cache.stats().evictions());
        });
    }

    /** A failure of any kind. */
    private static final class ClientFailure extends ASAPException {
        private static final long serialVersionUID = 1L;

        ClientFailure() {
            super("unreachable", null);
        }
    }
}
