/** What a server does, told to libraries for metrics and traces. */
@NullMarked
package dev.asap.server.telemetry;

import org.jspecify.annotations.NullMarked;
