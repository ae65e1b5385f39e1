/** The checks by which others tell whether an agent keeps to the protocol, against a server of this library. */
@NullMarked
package dev.asap.compliance;

import org.jspecify.annotations.NullMarked;
