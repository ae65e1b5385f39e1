// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Says what it means that a call failed without an answer. Thread-safe. */
final class CallFailures {
    /** What OkHttp says when the time for a whole call is over. */
    private static final String CALL_TIMEOUT = "timeout";

    private final RunningCalls running;

    CallFailures(RunningCalls running) {
        this.running = running;
    }

    /**
     * The exception for a call that failed; to be asked in the thread that made the call.
     *
     * @param http what made the exchange: its timeouts are named
     * @param callTimeout how long the whole call could take; null for no limit
     */
    ASAPException toException(
            IOException e, Call call, Operation operation, OkHttpClient http, @Nullable Duration callTimeout) {
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(e, operation);
        }
        if (e instanceof SocketTimeoutException) {
            return socketTimeout(e, operation, http);
        }
        if (e instanceof InterruptedIOException && CALL_TIMEOUT.equals(e.getMessage())) {
            long millis = callTimeout != null ? callTimeout.toMillis() : http.callTimeoutMillis();
            return timeout(operation, "callTimeout", millis, e);
        }
        // The second condition: OkHttp found no thread any more for a call that was waiting for one.
        if (running.isClosing() && (call.isCanceled() || e instanceof InterruptedIOException)) {
            return new ClientClosedException(
                    operation + " was cut off: the client was closed; whether the peer received it is not known", e);
        }
        return new ConnectionException(
                operation + " failed: " + reason(e), operation.address().shown(), e);
    }

    /** The exception for a call whose thread was interrupted; sets the thread's flag, which OkHttp may have cleared. */
    ASAPException interrupted(Exception e, Operation operation) {
        Thread.currentThread().interrupt();
        return new CallInterruptedException(
                operation + " was cut off: the thread was interrupted; whether the peer received it is not known", e);
    }

    /** The exception for a call that waits while the client is closed. */
    static ClientClosedException closed(Operation operation) {
        return new ClientClosedException(operation + " was cut off between two attempts: the client was closed", null);
    }

    /** What observers are told of a call that ended by an exception that is none of ours; the caller gets that one itself. */
    static ASAPException unexpected(Operation operation, Throwable e) {
        return e instanceof ASAPException ours
                ? ours
                : new ConnectionException(
                        operation + " failed: unexpected " + e.getClass().getSimpleName(),
                        operation.address().shown(),
                        e);
    }

    private static ASAPException socketTimeout(IOException e, Operation operation, OkHttpClient http) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.startsWith("connect") || message.startsWith("failed to connect")) {
            return timeout(operation, "connectTimeout", http.connectTimeoutMillis(), e);
        }
        String option =
                http.readTimeoutMillis() == http.writeTimeoutMillis() ? "readTimeout or writeTimeout" : "readTimeout";
        return timeout(operation, option, http.readTimeoutMillis(), e);
    }

    private static ASAPException timeout(Operation operation, String option, long millis, IOException e) {
        return new RequestTimeoutException(
                operation + " timed out: " + option + " is " + millis + " ms", Duration.ofMillis(millis), e);
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        } else if (e instanceof ProtocolException) {
            // Its message repeats what the peer sent.
            return "the peer does not speak HTTP as expected";
        } else if (e instanceof SSLException) {
            return "no secure connection: " + e.getMessage();
        } else if (e instanceof ConnectException) {
            return "cannot connect: " + e.getMessage();
        }
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }
}
