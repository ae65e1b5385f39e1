/** Fuzz tests of what is read by the client. */
@NullMarked
package dev.asap.client;

import org.jspecify.annotations.NullMarked;
