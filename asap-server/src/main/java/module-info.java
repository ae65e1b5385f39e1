/** The protocol over an embedded HTTP server. */
module dev.asap.server {
    requires transitive dev.asap.core;
    requires transitive dev.asap.economics;
    requires com.nimbusds.jose.jwt;
    requires org.eclipse.jetty.alpn.java.server;
    requires org.eclipse.jetty.http2.server;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.websocket.api;
    requires org.eclipse.jetty.websocket.server;
    requires org.slf4j;
    // Not transitive, though signatures name them: without them nobody could compile a module that requires this one.
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static micrometer.core;
    requires static com.aayushatharva.brotli4j;
    requires static transitive org.jspecify;

    exports dev.asap.server;
    exports dev.asap.server.http;
    exports dev.asap.server.telemetry;
    exports dev.asap.server.webhook;
}
