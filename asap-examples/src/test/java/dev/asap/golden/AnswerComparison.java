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
    /** In an answer, in an element of the answer to a batch, or in an event. */
    private static final Pattern TRACE_CONTEXT = Pattern.compile(
            "(?<exchange>.*)/response/(body(/\\d+)?/result/envelope|events/\\d+)/(?<member>extensions|trace_id)");

    /** Where lists stand in answers, and what this library adds to them. */
    private static final Pattern LISTS = Pattern.compile("/exchanges/\\d+/response/body(/\\d+)?");

    private static final Set<String> ADDED = Set.of("total", "offset", "limit", "next_cursor", "expires_at");

    private final Recording recording;
    private final List<String> differences = new ArrayList<>();

    AnswerComparison(Recording recording) {
        this.recording = recording;
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
        } else if (!sameScalar(expected, actual) && !recording.accepts(at, expected, actual)) {
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
        if ("validation_errors".equals(at.last().getMatchingProperty())) {
            compareViolations(at, expected, actual);
            return;
        }
        Iterator<JsonNode> others = actual.iterator();
        int index = 0;
        for (JsonNode element : expected) {
            compare(at.appendIndex(index++), element, others.next());
        }
    }

    /** Which rules are broken where counts, not in which words that is said. */
    private void compareViolations(JsonPointer at, JsonNode expected, JsonNode actual) {
        if (!violations(expected).equals(violations(actual))) {
            differences.add(at + ": expected " + violations(expected) + ", got " + violations(actual));
        }
    }

    private static List<String> violations(JsonNode list) {
        List<String> violations = new ArrayList<>();
        list.forEach(each -> violations.add(each.path("type").asText() + " at " + each.path("loc")));
        return violations;
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
        Matcher member = TRACE_CONTEXT.matcher(at.toString());
        return member.matches()
                && (member.group("member").equals("extensions") || !requestHasTraceId(member.group("exchange")));
    }

    private boolean requestHasTraceId(String exchange) {
        return recording
                .root()
                .at(exchange + "/request/body/params/envelope/trace_id")
                .isTextual();
    }
}
