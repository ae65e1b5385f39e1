/** The client of the protocol. */
module dev.asap.client {
    requires transitive dev.asap.core;
    requires transitive okhttp3;
    requires org.slf4j;
    requires static com.aayushatharva.brotli4j;
    // Not transitive, though signatures name them: without them nobody could compile a module that requires this one.
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static micrometer.core;
    requires static transitive org.jspecify;

    exports dev.asap.client;
    exports dev.asap.client.telemetry;
}
