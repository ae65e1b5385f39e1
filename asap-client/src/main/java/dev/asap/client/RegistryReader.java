// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Registry;
import dev.asap.model.RegistryEntry;
import dev.asap.validation.ValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads registries. An entry that breaks rules is left out: one agent's mistake must not hide all others. Thread-safe.
 *
 * @param warned whether that was logged
 */
record RegistryReader(AtomicBoolean warned) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRegistry.class);

    private static final ASAPCodec CODEC = ASAPCodec.tolerant();
    private static final String AGENTS = "agents";

    RegistryReader() {
        this(new AtomicBoolean());
    }

    /**
     * Reads one.
     *
     * @throws JsonException if it is not JSON
     * @throws ValidationException if it breaks rules outside of its entries
     */
    Registry read(byte[] utf8) {
        if (JsonValue.parse(utf8) instanceof JsonObject document
                && document.find(AGENTS).orElse(null) instanceof JsonArray agents) {
            Registry withoutAgents = CODEC.read(document.without(AGENTS), Registry.class);
            return new Registry(withoutAgents.version(), withoutAgents.updatedAt(), entries(agents));
        }
        return CODEC.read(utf8, Registry.class);
    }

    private List<RegistryEntry> entries(JsonArray agents) {
        List<RegistryEntry> entries = new ArrayList<>();
        RuntimeException first = null;
        for (JsonValue agent : agents.values()) {
            try {
                entries.add(CODEC.read(agent.asObject(), RegistryEntry.class));
            } catch (ValidationException | JsonException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} of the {} entries of the registry break rules and are left out; this is not logged again. {}",
                    agents.values().size() - entries.size(),
                    agents.values().size(),
                    first.getMessage());
        }
        return entries;
    }
}
