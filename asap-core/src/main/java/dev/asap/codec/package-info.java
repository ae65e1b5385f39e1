/** The wire form of the protocol: reads and writes the records of the model as UTF-8 JSON in one pass. */
@NullMarked
package dev.asap.codec;

import org.jspecify.annotations.NullMarked;
