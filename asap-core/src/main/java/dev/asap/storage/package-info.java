/** One handle on all stores of one place, chosen by code or by environment variables. */
@NullMarked
package dev.asap.storage;

import org.jspecify.annotations.NullMarked;
