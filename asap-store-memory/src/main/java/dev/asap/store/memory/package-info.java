/** Every store in the memory of this process: for tests, for agents whose state may die with them, and as the default. */
@NullMarked
package dev.asap.store.memory;

import org.jspecify.annotations.NullMarked;
