/** Pages of query results: by limit and offset as the protocol has them, or by cursor. */
@NullMarked
package dev.asap.page;

import org.jspecify.annotations.NullMarked;
