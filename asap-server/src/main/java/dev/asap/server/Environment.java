// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.validation.Checks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The environment variables by which the protocol's servers are set up. A variable that is blank is not set. */
final class Environment {
    private static final String RATE_LIMIT = "ASAP_RATE_LIMIT";
    private static final String RATE_LIMIT_BACKEND = "ASAP_RATE_LIMIT_BACKEND";
    private static final String MAX_REQUEST_SIZE = "ASAP_MAX_REQUEST_SIZE";
    private static final String MAX_THREADS = "ASAP_MAX_THREADS";
    private static final String DEBUG = "ASAP_DEBUG";
    private static final String ISSUER = "ASAP_AUTH_ISSUER";
    private static final String AUDIENCE = "ASAP_AUTH_AUDIENCE";
    private static final String CUSTOM_CLAIM = "ASAP_AUTH_CUSTOM_CLAIM";
    private static final String SUBJECT_MAP = "ASAP_AUTH_SUBJECT_MAP";

    private static final Set<String> YES = Set.of("true", "1", "yes", "on");
    private static final Set<String> NO = Set.of("false", "0", "no", "off");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    void applyTo(ASAPServer.Builder server) {
        find(RATE_LIMIT).ifPresent(text -> server.rateLimit(rateLimit(text)));
        find(RATE_LIMIT_BACKEND).ifPresent(Environment::checkBackend);
        find(MAX_REQUEST_SIZE).ifPresent(text -> server.maxRequestBytes(maxRequestBytes(text)));
        find(MAX_THREADS).ifPresent(text -> server.maxConcurrentHandlers(maxThreads(text)));
        find(DEBUG).ifPresent(text -> server.debug(isYes(DEBUG, text)));
    }

    void applyTo(OAuth2.Builder oauth2) {
        find(ISSUER).ifPresent(oauth2::issuer);
        find(AUDIENCE)
                .ifPresent(text -> oauth2.audience(Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toArray(String[]::new)));
        find(CUSTOM_CLAIM).ifPresent(oauth2::identityClaim);
        find(SUBJECT_MAP).ifPresent(text -> oauth2.subjects(subjects(text)));
    }

    private Optional<String> find(String variable) {
        return Optional.ofNullable(variables.get(variable)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static RateLimit rateLimit(String text) {
        try {
            return RateLimit.parse(text);
        } catch (IllegalArgumentException e) {
            throw unusable(RATE_LIMIT, text, "a limit as in '10/second;100/minute'", e);
        }
    }

    /** Counting elsewhere would be a promise that is not kept: rather no start than limits that do not hold. */
    private static void checkBackend(String text) {
        if (!text.startsWith("memory:")) {
            throw unusable(
                    RATE_LIMIT_BACKEND, text, "'memory://': this server counts by itself, for itself alone", null);
        }
    }

    private static long maxRequestBytes(String text) {
        try {
            long bytes = Long.parseLong(text);
            if (bytes >= 1 && bytes <= ASAPServer.MAX_MAX_REQUEST_BYTES) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            throw unusable(MAX_REQUEST_SIZE, text, range(), e);
        }
        throw unusable(MAX_REQUEST_SIZE, text, range(), null);
    }

    private static int maxThreads(String text) {
        try {
            int threads = Integer.parseInt(text);
            if (threads >= 1) {
                return threads;
            }
        } catch (NumberFormatException e) {
            throw unusable(MAX_THREADS, text, "a number of handlers, 1 or more", e);
        }
        throw unusable(MAX_THREADS, text, "a number of handlers, 1 or more", null);
    }

    private static String range() {
        return "a number of bytes, 1 to " + ASAPServer.MAX_MAX_REQUEST_BYTES;
    }

    private static boolean isYes(String variable, String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!YES.contains(word) && !NO.contains(word)) {
            throw unusable(variable, text, "true or false", null);
        }
        return YES.contains(word);
    }

    private static Map<AgentUrn, Set<String>> subjects(String text) {
        String expected = "a JSON object of agents and their subjects, as in"
                + " '{\"urn:asap:agent:mine\":[\"client-1\",\"client-2\"]}'";
        try {
            JsonObject json = JsonObject.parse(text);
            Map<AgentUrn, Set<String>> subjects = new HashMap<>();
            for (String agent : json.names()) {
                Set<String> listed = texts(json.get(agent));
                if (listed == null) {
                    throw unusable(SUBJECT_MAP, text, expected, null);
                }
                subjects.put(AgentUrn.of(agent), listed);
            }
            return subjects;
        } catch (JsonException | IllegalArgumentException e) {
            throw unusable(SUBJECT_MAP, text, expected, e);
        }
    }

    private static @Nullable Set<String> texts(JsonValue value) {
        if (value instanceof JsonString one) {
            return Set.of(one.value());
        }
        if (!(value instanceof JsonArray list)) {
            return null;
        }
        Set<String> texts = new HashSet<>();
        for (JsonValue each : list) {
            if (!(each instanceof JsonString text)) {
                return null;
            }
            texts.add(text.value());
        }
        return texts;
    }

    private static ServerConfigurationException unusable(
            String variable, String value, String expected, @Nullable Throwable cause) {
        return new ServerConfigurationException(
                "The environment variable " + variable + " must be " + expected + ", got '" + Checks.quoted(value)
                        + "': correct it, or unset it for the default",
                cause);
    }
}
