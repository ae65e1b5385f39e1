/** What the fuzz tests share. */
@NullMarked
package dev.asap.fuzz;

import org.jspecify.annotations.NullMarked;
