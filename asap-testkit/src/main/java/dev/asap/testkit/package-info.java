/**
 * Means to test what is built on, or into, this library: contract suites that prove a store of one's own, a clock that is set
 * by hand, checks that nothing is left behind, and a peer that does wrong what it is told to ({@link
 * dev.asap.testkit.FaultyPeer}).
 *
 * <p>A store is proved by a test class that says how to make one; every test of the suite then runs against it, and its name
 * is the clause that it checks:
 *
 * <pre>{@code
 * @ExtendWith(LeakChecks.class)
 * class RedisSnapshotStoreTest extends SnapshotStoreContract {
 *     @Override
 *     protected SnapshotStore createStore() {
 *         return new RedisSnapshotStore("redis://localhost/test");
 *     }
 *
 *     @Override
 *     protected void closeStore(SnapshotStore store) {
 *         ((RedisSnapshotStore) store).close();
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.asap.testkit;

import org.jspecify.annotations.NullMarked;
