/** HTTP without a framework: requests, responses and the routes that answer them, whatever engine carries them. */
@NullMarked
package dev.asap.server.http;

import org.jspecify.annotations.NullMarked;
