/** Every store, kept in memory. */
module dev.asap.store.memory {
    requires transitive dev.asap.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.asap.store.memory;

    provides dev.asap.storage.StorageProvider with
            dev.asap.store.memory.InMemoryStorageProvider;
}
