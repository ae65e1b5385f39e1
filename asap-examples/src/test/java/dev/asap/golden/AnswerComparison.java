// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares an answer with the recorded one: order of members and whitespace do not count, volatile values by presence and type,
 * lists of validation errors by {@code type} and {@code loc}, numbers by kind and value. An answer's trace context is the
 * server's own affair. Lists may say more about where in the whole they stand.
 */
final class AnswerComparison {
    /** Where lists stand in answers, and what this library adds to them. */
    private static final Pattern LISTS = Pattern.compile("/exchanges/\\d+/response/body(/\\d+)?");

    private static final Set<String> ADDED = Set.of("total", "offset", "limit", "next_cursor", "expires_at");

    private static final Pattern ENVELOPES =
            Pattern.compile("(/exchanges/\\d+)/response/(?:body/result/envelope|events/\\d+)/(.+)");

    private final Recording recording;
    private final AcceptedDifferences accepted;
    private final List<String> differences = new ArrayList<>();

    AnswerComparison(Recording recording, AcceptedDifferences accepted) {
        this.recording = recording;
        this.accepted = accepted;
    }

    List<String> differences() {
        return differences;
    }

    void compare(JsonPointer at, JsonNode expected, JsonNode actual) {
        if (recording.implementationSpecific().contains(at) || isTraceContext(at)) {
            return;
        }
        if (recording.volatileValues().contains(at)) {
            if (expected.getNodeType() != actual.getNodeType()) {
                differences.add(at + ": expected a " + expected.getNodeType() + ", got " + actual);
            }
        } else if (expected.isObject() && actual.isObject()) {
            compareObjects(at, expected, actual);
        } else if (expected.isArray() && actual.isArray()) {
            compareArrays(at, expected, actual);
        } else if (!sameScalar(expected, actual) && !accepted.allows(recording, at, expected, actual)) {
            differences.add(at + ": expected " + expected + ", got " + actual);
        }
    }

    private void compareObjects(JsonPointer at, JsonNode expected, JsonNode actual) {
        Set<String> names = new HashSet<>();
        expected.fieldNames().forEachRemaining(names::add);
        actual.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            JsonPointer member = at.appendProperty(name);
            if (!expected.has(name)) {
                if (!ADDED.contains(name) || !LISTS.matcher(at.toString()).matches()) {
                    differences.add(member + ": not expected, got " + actual.get(name));
                }
            } else if (!actual.has(name)) {
                if (!recording.implementationSpecific().contains(member)) {
                    differences.add(member + ": expected " + expected.get(name) + ", got nothing");
                }
            } else {
                compare(member, expected.get(name), actual.get(name));
            }
        }
    }

    private void compareArrays(JsonPointer at, JsonNode expected, JsonNode actual) {
        if (expected.size() != actual.size()) {
            differences.add(at + ": expected " + expected.size() + " elements, got " + actual);
            return;
        }
        boolean violations = "validation_errors".equals(at.last().getMatchingProperty());
        Iterator<JsonNode> others = actual.iterator();
        int index = 0;
        for (JsonNode element : expected) {
            JsonPointer place = at.appendIndex(index++);
            JsonNode other = others.next();
            if (violations) {
                compare(place.appendProperty("type"), element.path("type"), other.path("type"));
                compare(place.appendProperty("loc"), element.path("loc"), other.path("loc"));
            } else {
                compare(place, element, other);
            }
        }
    }

    private static boolean sameScalar(JsonNode expected, JsonNode actual) {
        if (expected.isIntegralNumber() && actual.isIntegralNumber()) {
            return expected.bigIntegerValue().equals(actual.bigIntegerValue());
        }
        if (expected.isFloatingPointNumber() && actual.isFloatingPointNumber()) {
            return Double.compare(expected.doubleValue(), actual.doubleValue()) == 0;
        }
        return expected.equals(actual);
    }

    private boolean isTraceContext(JsonPointer at) {
        Matcher envelope = ENVELOPES.matcher(at.toString());
        return envelope.matches()
                && (envelope.group(2).equals("extensions")
                        || (envelope.group(2).equals("trace_id") && !requestHasTraceId(envelope.group(1))));
    }

    private boolean requestHasTraceId(String exchange) {
        return recording
                .root()
                .at(exchange + "/request/body/params/envelope/trace_id")
                .isTextual();
    }
}
