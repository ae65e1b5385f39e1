/** Moves tasks between agents: detection of failures, handover, migration, export and import of state. */
module dev.asap.failover {
    requires transitive dev.asap.client;
    requires transitive dev.asap.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.asap.failover;
}
