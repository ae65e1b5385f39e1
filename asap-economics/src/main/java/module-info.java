/** What turns events into knowledge: the recorder of usage, the windows and breaches of service levels, the rules of delegation. */
module dev.asap.economics {
    requires HdrHistogram;
    requires transitive dev.asap.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.asap.economics.delegation;
    exports dev.asap.economics.record;
    exports dev.asap.economics.sla;
}
