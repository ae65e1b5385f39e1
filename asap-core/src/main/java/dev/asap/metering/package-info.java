/** What agents use: events, their totals and the store that keeps them. */
@NullMarked
package dev.asap.metering;

import org.jspecify.annotations.NullMarked;
