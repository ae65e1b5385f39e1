/** The protocol's data as immutable records: the envelope, its payloads, parts, the manifest and the entities. */
@NullMarked
package dev.asap.model;

import org.jspecify.annotations.NullMarked;
