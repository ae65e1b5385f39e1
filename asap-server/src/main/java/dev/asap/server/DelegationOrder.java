// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.listOf;

import dev.asap.economics.delegation.DelegationTerms;
import dev.asap.json.JsonException;
import dev.asap.json.JsonShape;
import dev.asap.json.ReadOptions;
import dev.asap.json.RecordShape;
import dev.asap.server.http.HttpRequest;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the body of {@code POST /asap/delegations} asks for. */
final class DelegationOrder {
    /** The member with the id of the delegation that another is issued on the strength of; no part of the protocol. */
    static final String PARENT = "parent";

    private static final JsonShape<DelegationTerms> SHAPE = RecordShape.<DelegationTerms>named(
                    "CreateDelegationRequest")
            .required("delegate", TEXT, DelegationTerms::delegate)
            .required("scopes", listOf(TEXT), DelegationTerms::scopes)
            .nullable("expires_in_seconds", LONG, DelegationOrder::seconds)
            .nullable("max_tasks", LONG, DelegationTerms::maxTasks)
            .nullable(PARENT, TEXT, DelegationTerms::parentId)
            .build(values -> terms(values.next(), values.next(), values.next(), values.next(), values.next()));

    private DelegationOrder() {}

    private static DelegationTerms terms(
            String delegate,
            List<String> scopes,
            @Nullable Long seconds,
            @Nullable Long maxTasks,
            @Nullable String parent) {
        Duration lifetime = seconds == null ? null : Duration.ofSeconds(seconds);
        return new DelegationTerms(delegate, scopes, lifetime, maxTasks, parent, null);
    }

    private static @Nullable Long seconds(DelegationTerms terms) {
        return terms.lifetime() == null ? null : terms.lifetime().toSeconds();
    }

    /** The order in a request's body, which is refused with HTTP 422 where there is none. */
    static DelegationTerms read(HttpRequest request) {
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

    /** The refusal of an order for what is wrong with the parent that it names. */
    static RequestRefusedException parentRefusal(String message) {
        return new RequestMistakes("body")
                .add(new Violation(Violation.VALUE_ERROR, List.of(PARENT), message))
                .refusal();
    }
}
