/** The audit log: entries that are chained by hashes, so that a change of the past is found out, and the store that keeps them. */
@NullMarked
package dev.asap.audit;

import org.jspecify.annotations.NullMarked;
