/** The embedded HTTP engine: an adapter between its requests and the framework-free ones. */
@NullMarked
package dev.asap.server.internal.jetty;

import org.jspecify.annotations.NullMarked;
