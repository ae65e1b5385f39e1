/** The protocol's records, their codec, the storage interfaces, the task state machine and the errors. */
module dev.asap.core {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.datatype.jsr310;
    requires com.github.f4b6a3.ulid;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.asap;
    exports dev.asap.audit;
    exports dev.asap.codec;
    exports dev.asap.crypto;
    exports dev.asap.delegation;
    exports dev.asap.error;
    exports dev.asap.id;
    exports dev.asap.identity;
    exports dev.asap.json;
    exports dev.asap.metering;
    exports dev.asap.metering.wire;
    exports dev.asap.model;
    exports dev.asap.page;
    exports dev.asap.rpc;
    exports dev.asap.sla;
    exports dev.asap.state;
    exports dev.asap.storage;
    exports dev.asap.validation;

    uses dev.asap.storage.StorageProvider;
}
