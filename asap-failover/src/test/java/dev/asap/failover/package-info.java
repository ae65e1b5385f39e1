/** Tests of failover and migration. */
@NullMarked
package dev.asap.failover;

import org.jspecify.annotations.NullMarked;
