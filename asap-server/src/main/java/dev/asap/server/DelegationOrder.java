// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.listOf;

import dev.asap.json.JsonException;
import dev.asap.json.JsonShape;
import dev.asap.json.ReadOptions;
import dev.asap.json.RecordShape;
import dev.asap.server.http.HttpRequest;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the body of {@code POST /asap/delegations} asks for.
 *
 * @param delegate who is granted
 * @param scopes what is granted, one or more
 * @param expiresInSeconds for how long, 1 to {@value #MAX_SECONDS}
 * @param maxTasks the most tasks, 0 or more, or null for no bound
 */
record DelegationOrder(
        String delegate,
        List<String> scopes,
        long expiresInSeconds,
        @Nullable Long maxTasks) {
    static final long MAX_SECONDS = 31_536_000;
    static final long DEFAULT_SECONDS = 86_400;

    private static final JsonShape<DelegationOrder> SHAPE = RecordShape.<DelegationOrder>named(
                    "CreateDelegationRequest")
            .required("delegate", TEXT, DelegationOrder::delegate)
            .required("scopes", listOf(TEXT), DelegationOrder::scopes)
            .nullable("expires_in_seconds", LONG, DelegationOrder::expiresInSeconds)
            .nullable("max_tasks", LONG, DelegationOrder::maxTasks)
            .build(values -> DelegationOrder.of(values.next(), values.next(), values.next(), values.next()));

    DelegationOrder {
        Checks.of("CreateDelegationRequest")
                .rule("delegate", !delegate.isEmpty(), "must name an agent")
                .notEmpty("scopes", scopes)
                .between("expires_in_seconds", expiresInSeconds, 1, MAX_SECONDS)
                .atLeast("max_tasks", maxTasks, 0)
                .done();
        scopes = List.copyOf(scopes);
    }

    private static DelegationOrder of(
            String delegate, List<String> scopes, @Nullable Long expiresInSeconds, @Nullable Long maxTasks) {
        return new DelegationOrder(
                delegate, scopes, expiresInSeconds == null ? DEFAULT_SECONDS : expiresInSeconds, maxTasks);
    }

    /** The order in a request's body, which is refused with HTTP 422 where there is none. */
    static DelegationOrder read(HttpRequest request) {
        try {
            return SHAPE.parse("CreateDelegationRequest", request.body(), ReadOptions.strict());
        } catch (JsonException e) {
            throw new RequestMistakes("body")
                    .add(new Violation("json_invalid", List.of(), "must be JSON"))
                    .refusal();
        } catch (ValidationException e) {
            throw refusal(e);
        }
    }

    /** The refusal of an order for what is wrong with it. */
    static RequestRefusedException refusal(ValidationException e) {
        RequestMistakes mistakes = new RequestMistakes("body");
        e.violations().forEach(mistakes::add);
        return mistakes.refusal();
    }
}
