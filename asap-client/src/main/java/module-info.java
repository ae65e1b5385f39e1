/** The client of the protocol. */
module dev.asap.client {
    requires transitive dev.asap.core;
    requires transitive okhttp3;
    requires org.slf4j;
    requires static com.aayushatharva.brotli4j;
    requires static transitive org.jspecify;

    exports dev.asap.client;
}
