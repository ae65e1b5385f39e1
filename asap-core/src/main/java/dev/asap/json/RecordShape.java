// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a record: its members by their wire names, in the order of the record's components.
 *
 * <pre>{@code
 * JsonShape<TaskCancel> TASK_CANCEL = RecordShape.<TaskCancel>named("TaskCancel")
 *         .required("task_id", Shapes.TEXT, TaskCancel::taskId)
 *         .nullable("reason", Shapes.TEXT, TaskCancel::reason)
 *         .build(values -> new TaskCancel(values.next(), values.next()));
 * }</pre>
 *
 * @param <T> the record's type
 */
public final class RecordShape<T> extends JsonShape<T> {
    private enum Presence {
        REQUIRED,
        NULLABLE,
        DEFAULTED
    }

    /** The members that decide about another member's shape are found by their position. */
    private static final int NO_SELECTOR = -1;

    private record Member<T>(
            String name,
            SerializableString encodedName,
            Presence presence,
            @Nullable Object defaultValue,
            boolean writeDefault,
            @Nullable JsonShape<Object> shape,
            int selector,
            @Nullable Function<Object, JsonShape<Object>> shapeOf,
            List<Violation> notAnObject,
            Getter<T, Object> getter) {
        JsonShape<Object> shapeFor(Object selected) {
            return shape != null ? shape : Objects.requireNonNull(shapeOf).apply(selected);
        }

        Member<T> alwaysWritten() {
            return new Member<>(
                    name, encodedName, presence, defaultValue, true, shape, selector, shapeOf, notAnObject, getter);
        }
    }

    private final String name;
    private final List<Member<T>> memberList;
    private final Member<T>[] members;
    private final Map<String, Integer> index;
    private final @Nullable Function<T, JsonObject> extras;
    private final boolean open;
    private final Function<Values, T> constructor;

    @SuppressWarnings("unchecked")
    private RecordShape(Builder<T> builder, Function<Values, T> constructor) {
        this.name = builder.name;
        this.memberList = List.copyOf(builder.members);
        this.members = memberList.toArray((Member<T>[]) new Member<?>[0]);
        this.index = Map.copyOf(builder.index);
        this.extras = builder.extras;
        this.open = builder.open;
        this.constructor = constructor;
    }

    /** Starts the shape of a record with this name; the name appears in messages. */
    public static <T> Builder<T> named(String name) {
        return new Builder<>(name);
    }

    @Override
    @Nullable
    T read(ShapeReader in) throws IOException {
        if (in.token() != JsonToken.START_OBJECT) {
            return in.refuse("model_type", "must be an object (" + name + ")");
        }
        int before = in.violationCount();
        Reading reading = new Reading(in);
        reading.members();
        reading.deferred();
        reading.missing();
        in.orderViolations(before, member -> index.getOrDefault(member, members.length));
        T value = in.violationCount() == before ? construct(in, reading) : null;
        reading.unknown();
        return in.violationCount() == before ? value : null;
    }

    private @Nullable T construct(ShapeReader in, Reading reading) {
        try {
            return constructor.apply(new Values(reading.values, in.options));
        } catch (ValidationException e) {
            in.reportAll(e.violations());
        } catch (IllegalArgumentException e) {
            in.report(Violation.VALUE_ERROR, String.valueOf(e.getMessage()));
        }
        return null;
    }

    @Override
    void write(ShapeWriter out, T value) throws IOException {
        var generator = out.generator();
        boolean full = out.form() == WireForm.FULL;
        generator.writeStartObject();
        for (Member<T> member : members) {
            Object content = member.getter.get(value);
            if (content == null) {
                if (full) {
                    generator.writeFieldName(member.encodedName);
                    generator.writeNull();
                }
            } else if (full || member.writeDefault || !content.equals(member.defaultValue)) {
                generator.writeFieldName(member.encodedName);
                JsonShape<Object> shape = member.shape;
                if (shape == null) {
                    Object selected = members[member.selector].getter.get(value);
                    shape = member.shapeFor(Objects.requireNonNull(selected));
                }
                shape.write(out, content);
            }
        }
        if (extras != null) {
            for (Map.Entry<String, JsonValue> extra :
                    extras.apply(value).members().entrySet()) {
                JsonText.writeName(generator, extra.getKey());
                JsonText.writeValue(generator, extra.getValue());
            }
        }
        generator.writeEndObject();
    }

    /** One object being read. */
    private final class Reading {
        private final ShapeReader in;
        private final @Nullable Object[] values;
        private long seen;
        private @Nullable Map<Integer, byte[]> captured;
        private @Nullable List<String> unknown;
        private @Nullable Map<String, JsonValue> extraMembers;

        Reading(ShapeReader in) {
            this.in = in;
            this.values = new @Nullable Object[members.length + (extras == null ? 0 : 1)];
        }

        void members() throws IOException {
            JsonParser parser = in.parser;
            int expected = 0;
            while (true) {
                int position;
                // Peers write members in the declared order: comparing the bytes with the expected name saves the
                // look-up.
                if (expected < members.length && parser.nextFieldName(members[expected].encodedName)) {
                    position = expected;
                } else {
                    if (expected >= members.length) {
                        parser.nextToken();
                    }
                    if (parser.currentToken() != JsonToken.FIELD_NAME) {
                        return;
                    }
                    Integer found = index.get(parser.currentName());
                    if (found == null) {
                        unknownMember(parser);
                        continue;
                    }
                    position = found;
                }
                parser.nextToken();
                member(position);
                expected = position + 1;
            }
        }

        private void member(int position) throws IOException {
            Member<T> member = members[position];
            seen |= 1L << position;
            in.enter(member.name);
            try {
                if (in.token() == JsonToken.VALUE_NULL && member.presence == Presence.NULLABLE) {
                    values[position] = null;
                } else if (member.shape != null) {
                    values[position] = member.shape.read(in);
                } else {
                    selected(position, member);
                }
            } finally {
                in.leave();
            }
        }

        /** A member whose shape another member decides. */
        private void selected(int position, Member<T> member) throws IOException {
            if (captured != null) {
                captured.remove(position);
            }
            if (in.token() != JsonToken.START_OBJECT) {
                in.parser.skipChildren();
                in.reportAll(member.notAnObject);
                return;
            }
            Object selector = values[member.selector];
            if (selector != null) {
                values[position] = in.readRelative(member.shapeFor(selector));
                return;
            }
            if (captured == null) {
                captured = new HashMap<>();
            }
            captured.put(position, in.capture());
        }

        /** Reads the members that stood before the member which decides about their shape. */
        void deferred() throws IOException {
            if (captured == null) {
                return;
            }
            for (Map.Entry<Integer, byte[]> entry : captured.entrySet()) {
                Member<T> member = members[entry.getKey()];
                Object selector = values[member.selector];
                if (selector != null) {
                    values[entry.getKey()] = in.readCaptured(member.shapeFor(selector), entry.getValue());
                }
            }
        }

        void missing() {
            for (int i = 0; i < members.length; i++) {
                if ((seen & (1L << i)) != 0) {
                    continue;
                }
                Member<T> member = members[i];
                if (member.presence == Presence.REQUIRED) {
                    in.report(new Violation(Violation.MISSING, List.of(member.name), "is required, got nothing"));
                } else {
                    values[i] = member.defaultValue;
                }
            }
            if (extras != null) {
                values[members.length] = extraMembers == null ? JsonObject.empty() : JsonObject.ofMembers(extraMembers);
            }
        }

        private void unknownMember(JsonParser parser) throws IOException {
            String memberName = parser.currentName();
            JsonToken token = parser.nextToken();
            if (extras != null) {
                if (extraMembers == null) {
                    extraMembers = new LinkedHashMap<>();
                }
                extraMembers.put(memberName, JsonText.readValue(parser, token));
                return;
            }
            parser.skipChildren();
            if (!open && in.options.isStrict()) {
                if (unknown == null) {
                    unknown = new ArrayList<>();
                }
                if (unknown.size() < ValidationException.MAX_VIOLATIONS) {
                    unknown.add(memberName);
                }
            }
        }

        void unknown() {
            if (unknown != null) {
                for (String memberName : unknown) {
                    in.report(new Violation(
                            Violation.EXTRA_FORBIDDEN,
                            List.of(memberName),
                            "is not a member of " + name + ": leave it out"));
                }
            }
        }
    }

    /**
     * Takes a member that may be unset out of a record.
     *
     * @param <T> the record's type
     * @param <V> the member's type
     */
    @FunctionalInterface
    public interface Getter<T, V> {
        /** The member, or null. */
        @Nullable
        V get(T record);
    }

    /** The members of one object in the order of the shape, for the record's constructor. */
    public static final class Values {
        private final @Nullable Object[] values;
        private final ReadOptions options;
        private int position;

        private Values(@Nullable Object[] values, ReadOptions options) {
            this.values = values;
            this.options = options;
        }

        /** The next member: never null where the member is required or has a default. */
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
        public <V extends @Nullable Object> V next() {
            return (V) values[position++];
        }

        /** The next member, which is an id: a new one where the text has none. */
        public String nextOrNewId() {
            @Nullable String id = next();
            return id != null ? id : options.ids().get();
        }

        /** The next member, which is a time: now where the text has none. */
        public Instant nextOrNow() {
            @Nullable Instant time = next();
            return time != null ? time : options.clock().instant();
        }
    }

    /**
     * Collects the members of a record, in the order of its components. Not thread-safe.
     *
     * @param <T> the record's type
     */
    public static final class Builder<T> {
        private final String name;
        private final List<Member<T>> members = new ArrayList<>();
        private final Map<String, Integer> index = new HashMap<>();
        private @Nullable Function<T, JsonObject> extras;
        private boolean open;

        private Builder(String name) {
            this.name = name;
        }

        /** A member that must be there and is not null. */
        public <V> Builder<T> required(String member, JsonShape<V> shape, Function<T, V> getter) {
            return add(member, Presence.REQUIRED, null, shape, getter::apply);
        }

        /** A member that may be absent or null, which is the same. */
        public <V> Builder<T> nullable(String member, JsonShape<V> shape, Getter<T, V> getter) {
            return add(member, Presence.NULLABLE, null, shape, getter::get);
        }

        /** A member that may be absent but not null. */
        public <V> Builder<T> defaulted(String member, JsonShape<V> shape, V defaultValue, Function<T, V> getter) {
            return add(member, Presence.DEFAULTED, defaultValue, shape, getter::apply);
        }

        /** The latest member is written also when it has its default. */
        public Builder<T> alwaysWritten() {
            int last = members.size() - 1;
            members.set(last, members.get(last).alwaysWritten());
            return this;
        }

        /** Another name under which the latest member is read; never written. */
        public Builder<T> alias(String otherName) {
            index.put(otherName, members.size() - 1);
            return this;
        }

        /**
         * A required object whose shape another member decides, which was added before. Violations inside of it are reported
         * with paths that begin in it.
         *
         * @param notAnObject what is reported, with paths below the member, when it is no object
         */
        @SuppressWarnings("unchecked")
        public <S, V> Builder<T> selected(
                String member,
                String selector,
                Function<S, JsonShape<? extends V>> shapeOf,
                List<Violation> notAnObject,
                Function<T, V> getter) {
            Integer position = index.get(selector);
            if (position == null) {
                throw new IllegalArgumentException("add the member '" + selector + "' before '" + member + "'");
            }
            index.put(member, members.size());
            members.add(new Member<>(
                    member,
                    new SerializedString(member),
                    Presence.REQUIRED,
                    null,
                    false,
                    null,
                    position,
                    selected -> (JsonShape<Object>) shapeOf.apply((S) selected),
                    List.copyOf(notAnObject),
                    getter::apply));
            return this;
        }

        /** Members that the shape does not know are kept in one object, which is the record's last component. */
        public Builder<T> extras(Function<T, JsonObject> getter) {
            extras = getter;
            return this;
        }

        /** Members that the shape does not know are passed over, also by strict readers. */
        public Builder<T> ignoringOthers() {
            open = true;
            return this;
        }

        /** Ends the shape; {@code constructor} takes the members in order. */
        public JsonShape<T> build(Function<Values, T> constructor) {
            if (members.size() > Long.SIZE) {
                throw new IllegalStateException(name + " has more than " + Long.SIZE + " members");
            }
            return new RecordShape<>(this, constructor);
        }

        @SuppressWarnings("unchecked")
        private <V> Builder<T> add(
                String member,
                Presence presence,
                @Nullable Object defaultValue,
                JsonShape<V> shape,
                Getter<T, Object> getter) {
            index.put(member, members.size());
            members.add(new Member<>(
                    member,
                    new SerializedString(member),
                    presence,
                    defaultValue,
                    false,
                    (JsonShape<Object>) shape,
                    NO_SELECTOR,
                    null,
                    List.of(),
                    getter));
            return this;
        }
    }
}
