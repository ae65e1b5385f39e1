// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static java.util.Objects.requireNonNull;

import dev.asap.testkit.Fault.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a peer has been asked, and how it is to answer what it is asked next. Thread-safe. */
final class Script {
    private static final int SERVER_FAILURE = 500;

    private final Function<ReceivedRequest, Answer> answers;

    // Guards the three below; no code of others runs under it.
    private final Object lock = new Object();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private Fault afterwards = Fault.none();

    Script(Function<ReceivedRequest, Answer> answers) {
        this.answers = answers;
    }

    void add(List<Fault> more) {
        synchronized (lock) {
            faults.addAll(more);
        }
    }

    void setAfterwards(Fault fault) {
        synchronized (lock) {
            afterwards = fault;
        }
    }

    List<ReceivedRequest> requests() {
        synchronized (lock) {
            return List.copyOf(requests);
        }
    }

    /** The fault for a request of which only the first byte is there, if it is one that works then. */
    Optional<Delivery> takeUnread() {
        synchronized (lock) {
            Fault next = faults.isEmpty() ? afterwards : faults.peek();
            if (next.scope() != Scope.UNREAD) {
                return Optional.empty();
            }
            faults.poll();
            return Optional.of(next.toDelivery());
        }
    }

    /** Records a request and says what becomes of its answer: the order of the requests is that of the faults. */
    Delivery take(ReceivedRequest request, Scope protocol) {
        Fault fault;
        synchronized (lock) {
            requests.add(request);
            Fault next = faults.poll();
            fault = next == null ? afterwards : next;
        }
        boolean fits = fault.scope() == Scope.ANY || fault.scope() == Scope.UNREAD || fault.scope() == protocol;
        return fits ? fault.toDelivery() : misfit(fault, request).toDelivery();
    }

    /** What there is to say, rewritten as the delivery wants it. */
    Answer answer(ReceivedRequest request, Delivery delivery) {
        return answer(request, delivery, answers);
    }

    /** What the function says, rewritten as the delivery wants it. */
    static Answer answer(ReceivedRequest request, Delivery delivery, Function<ReceivedRequest, Answer> answers) {
        try {
            Answer answer = requireNonNull(answers.apply(request), "the function's answer");
            return requireNonNull(delivery.rewriting.apply(request, answer), "the changed answer");
        } catch (RuntimeException e) {
            // Whoever wrote the test sees it in the answer.
            return Answer.of(SERVER_FAILURE).withBody("The peer cannot answer " + request + ": " + e);
        }
    }

    private static Fault misfit(Fault fault, ReceivedRequest request) {
        return Fault.answer(
                Answer.of(SERVER_FAILURE).withBody("The script's " + fault + " does not work on " + request));
    }
}
