/** Identifiers: agent URNs and monotonic ULIDs. */
@NullMarked
package dev.asap.id;

import org.jspecify.annotations.NullMarked;
