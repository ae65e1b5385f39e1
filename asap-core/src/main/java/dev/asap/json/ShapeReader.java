// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Where a shape reads from: the parser, the way to the current value, and what was found wrong so far. */
final class ShapeReader {
    final JsonParser parser;
    final ReadOptions options;

    private final byte[] source;
    private String[] path = new String[8];
    private int pathStart;
    private int pathEnd;
    private @Nullable List<Violation> violations;

    ShapeReader(JsonParser parser, byte[] source, ReadOptions options) {
        this.parser = parser;
        this.source = source;
        this.options = options;
    }

    JsonToken token() {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IllegalStateException("no current token");
        }
        return token;
    }

    void enter(String member) {
        if (pathEnd == path.length) {
            path = Arrays.copyOf(path, 2 * pathEnd);
        }
        path[pathEnd++] = member;
    }

    void leave() {
        pathEnd--;
    }

    /** Reports a violation at the current value. */
    void report(String type, String message) {
        report(new Violation(type, List.of(), message));
    }

    /** Reports a violation whose path begins at the current value. */
    void report(Violation violation) {
        if (violations == null) {
            violations = new ArrayList<>();
        }
        if (violations.size() < ValidationException.MAX_VIOLATIONS) {
            violations.add(violation.under(Arrays.asList(path).subList(pathStart, pathEnd)));
        }
    }

    void reportAll(List<Violation> found) {
        found.forEach(this::report);
    }

    /** Puts what was found since then in the order of the current object's members, and what concerns none of them behind. */
    void orderViolations(int since, ToIntFunction<String> positionOf) {
        if (violations != null && violations.size() > since + 1) {
            int depth = pathEnd - pathStart;
            violations
                    .subList(since, violations.size())
                    .sort(Comparator.comparingInt(each -> each.path().size() > depth
                            ? positionOf.applyAsInt(each.path().get(depth))
                            : Integer.MAX_VALUE));
        }
    }

    int violationCount() {
        return violations == null ? 0 : violations.size();
    }

    /** Reports that the current value is of the wrong type, and passes over it. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    <T> @Nullable T refuse(String type, String message) throws IOException {
        report(type, message + ", got " + JsonText.kindOf(token()));
        parser.skipChildren();
        return null;
    }

    /** The bytes of the current value, which is an object or array; passes over it. */
    byte[] capture() throws IOException {
        int start = offset() - 1;
        parser.skipChildren();
        return Arrays.copyOfRange(source, start, offset());
    }

    /** Reads with paths that begin at the current value. */
    <T> @Nullable T readRelative(JsonShape<T> shape) throws IOException {
        int outerStart = pathStart;
        pathStart = pathEnd;
        try {
            return shape.read(this);
        } finally {
            pathStart = outerStart;
        }
    }

    /** Reads with paths that begin at the current value; violations go into the outcome. */
    <T> Outcome<T> attempt(JsonShape<T> shape) throws IOException {
        List<Violation> outer = violations;
        violations = null;
        T value = readRelative(shape);
        List<Violation> found = violations;
        violations = outer;
        return value == null || found != null
                ? new Outcome.Refused<>(found == null ? List.of() : found)
                : new Outcome.Read<>(value);
    }

    /** Reads a text that stands at the current path, reporting into this reader. */
    <T> @Nullable T readCaptured(JsonShape<T> shape, byte[] captured) throws IOException {
        try (JsonParser inner = JsonText.FACTORY.createParser(captured)) {
            inner.nextToken();
            Outcome<T> outcome = new ShapeReader(inner, captured, options).attempt(shape);
            if (outcome instanceof Outcome.Read<T> read) {
                return read.value();
            }
            reportAll(((Outcome.Refused<T>) outcome).violations());
            return null;
        }
    }

    List<Violation> violations() {
        return violations == null ? List.of() : violations;
    }

    private int offset() {
        return (int) parser.currentLocation().getByteOffset();
    }
}
