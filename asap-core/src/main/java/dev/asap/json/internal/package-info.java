/** Texts of JSON that hashes and signatures are made over. Not exported. */
@NullMarked
package dev.asap.json.internal;

import org.jspecify.annotations.NullMarked;
