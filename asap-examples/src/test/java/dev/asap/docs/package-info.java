/** The code of the documentation, compiled and run. */
@NullMarked
package dev.asap.docs;

import org.jspecify.annotations.NullMarked;
