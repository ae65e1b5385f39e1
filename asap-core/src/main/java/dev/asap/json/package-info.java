/** Free-form JSON without a library's types: {@link dev.asap.json.JsonValue} and its six kinds. */
@NullMarked
package dev.asap.json;

import org.jspecify.annotations.NullMarked;
