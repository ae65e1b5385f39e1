/** Rights that one agent grants to another: what was issued, what was revoked, how often it was used, and the store that keeps it. */
@NullMarked
package dev.asap.delegation;

import org.jspecify.annotations.NullMarked;
