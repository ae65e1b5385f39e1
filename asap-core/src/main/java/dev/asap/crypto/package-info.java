/** Keys and certificates: what an agent proves itself with, and what it believes others by. */
@NullMarked
package dev.asap.crypto;

import org.jspecify.annotations.NullMarked;
