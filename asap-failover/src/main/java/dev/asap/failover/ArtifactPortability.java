// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds references in a snapshot's data that do not survive a move: texts, at any depth, that begin with {@code asap://} (local to one
 * agent) or {@code file:/} (local to one machine), in any case. References within longer texts and in names of members are not looked at,
 * nor whether an {@code https://} address is still valid.
 *
 * <p>Data may be nested to {@link JsonValue#MAX_DEPTH}, as everywhere; deeper data is refused. Thread-safe.
 */
public final class ArtifactPortability {
    /** The most references that are reported of one snapshot. */
    public static final int MAX_REFERENCES = 1000;

    private static final List<String> LOCAL = List.of("asap://", "file:/");

    private ArtifactPortability() {}

    /** Whether a text is such a reference. */
    public static boolean isLocal(String text) {
        return LOCAL.stream().anyMatch(start -> text.regionMatches(true, 0, start, 0, start.length()));
    }

    /**
     * The references in the order of the text, {@value #MAX_REFERENCES} at most.
     *
     * @throws dev.asap.json.JsonException if the data is nested too deep
     */
    public static List<ArtifactReference> check(JsonObject data) {
        List<ArtifactReference> found = new ArrayList<>();
        Deque<Level> levels = new ArrayDeque<>();
        levels.push(new Level(data.requireReadable(), ""));
        while (!levels.isEmpty() && found.size() < MAX_REFERENCES) {
            Level level = levels.element();
            if (!level.advance()) {
                levels.pop();
            } else if (level.current() instanceof JsonString text && isLocal(text.asString())) {
                found.add(new ArtifactReference(level.pointer(), text.asString()));
            } else if (isNested(level.current())) {
                levels.push(new Level(level.current(), level.pointer()));
            }
        }
        return List.copyOf(found);
    }

    /**
     * The data with its references replaced; the same object where there is none.
     *
     * @throws dev.asap.json.JsonException if the data is nested too deep
     */
    public static JsonObject rewrite(JsonObject data, ReferenceRewriter rewriter) {
        if (check(data).isEmpty()) {
            return data;
        }
        Deque<Level> levels = new ArrayDeque<>();
        levels.push(new Level(data, ""));
        while (true) {
            Level level = levels.element();
            if (level.advance()) {
                if (isNested(level.current())) {
                    levels.push(new Level(level.current(), level.pointer()));
                } else {
                    level.put(rewritten(level, rewriter));
                }
            } else {
                levels.pop();
                if (levels.isEmpty()) {
                    return level.result().asObject();
                }
                levels.element().put(level.result());
            }
        }
    }

    private static JsonValue rewritten(Level level, ReferenceRewriter rewriter) {
        if (!(level.current() instanceof JsonString text) || !isLocal(text.asString())) {
            return level.current();
        }
        String address = rewriter.rewrite(new ArtifactReference(level.pointer(), text.asString()));
        return address == null ? text : JsonValue.of(address);
    }

    private static boolean isNested(JsonValue value) {
        return value instanceof JsonObject || value instanceof JsonArray;
    }

    /** An object or array that is being walked through, and what becomes of it. */
    private static final class Level {
        private final boolean isObject;
        private final String path;
        private final Iterator<Map.Entry<String, JsonValue>> members;
        private final Iterator<JsonValue> elements;
        private final Map<String, JsonValue> newMembers = new LinkedHashMap<>();
        private final List<JsonValue> newElements = new ArrayList<>();
        private int index = -1;
        private String name = "";
        private @Nullable JsonValue current;

        Level(JsonValue nested, String path) {
            this.isObject = nested instanceof JsonObject;
            this.path = path;
            this.members = isObject
                    ? nested.asObject().members().entrySet().iterator()
                    : Map.<String, JsonValue>of().entrySet().iterator();
            this.elements = isObject
                    ? List.<JsonValue>of().iterator()
                    : nested.asArray().iterator();
        }

        boolean advance() {
            if (isObject && members.hasNext()) {
                Map.Entry<String, JsonValue> member = members.next();
                name = member.getKey();
                current = member.getValue();
                return true;
            }
            if (!isObject && elements.hasNext()) {
                index++;
                current = elements.next();
                return true;
            }
            return false;
        }

        JsonValue current() {
            if (current == null) {
                throw new IllegalStateException("advance first");
            }
            return current;
        }

        String pointer() {
            return path + "/" + (isObject ? name.replace("~", "~0").replace("/", "~1") : index);
        }

        void put(JsonValue value) {
            if (isObject) {
                newMembers.put(name, value);
            } else {
                newElements.add(value);
            }
        }

        JsonValue result() {
            return JsonValue.of(isObject ? newMembers : newElements);
        }
    }
}
