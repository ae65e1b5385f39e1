/**
 * Model checks: what few threads do at once is run again and again, each time with their steps in another order, so that a race is
 * found that no load would hit.
 *
 * <p>To add one, write a test here, in the package of the class that is checked, so that the class need not be public. Its scenario
 * makes everything anew, lets two or three short pieces of work run by {@link dev.asap.client.Schedules#atOnce}, and then looks at
 * what came of it; {@link dev.asap.client.Schedules#explore} runs it. Keep to these rules:
 *
 * <ul>
 *   <li>Small scenarios: each step more multiplies the orders. What needs many threads or much work belongs to the load tests of
 *       the module itself.
 *   <li>The same steps each time: no real clock, no chance, no sockets, no threads but those of {@code atOnce}. Time stands still; a
 *       timeout is a piece of work like any other, see {@link dev.asap.client.HeldTimer}. A wait that can only end by a timeout counts as
 *       hanging.
 *   <li>Classes that touch OkHttp are not at hand here, nor what they bring: their Kotlin is another than that of the checker.
 *   <li>See it fail once: break what it guards, and put it back.
 * </ul>
 */
@NullMarked
package dev.asap.client;

import org.jspecify.annotations.NullMarked;
