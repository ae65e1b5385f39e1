// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.MalformedEnvelopeException;
import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Calls an agent: the protocol over HTTP/1.1 and, where the peer agrees to it by ALPN, HTTP/2. Thread-safe; meant to be
 * built once for an agent and used by all threads.
 *
 * <pre>{@code
 * try (ASAPClient client = ASAPClient.builder("https://agent.example").build()) {
 *     TaskResponse response = client.request(
 *             AgentUrn.of("urn:asap:agent:caller"),
 *             AgentUrn.of("urn:asap:agent:echo"),
 *             TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "hello")));
 *     System.out.println(response.result());
 * }
 * }</pre>
 *
 * <p>A message is sent once: nothing is repeated, and redirects are not followed. Each gets a fresh idempotency key. Connections
 * are kept open for 5 s and used again. Blocking calls run in the calling thread, on a virtual thread without holding on to its
 * carrier; of the asynchronous calls 100 run at a time, the others wait. Answers are bounded, see {@link
 * Builder#maxResponseBytes}, and members that this library does not know are passed over.
 *
 * <p>Every failure is a {@link dev.asap.ASAPException}:
 *
 * <ul>
 *   <li>{@link dev.asap.error.RemoteErrorException}: the peer answered with an error, or with what is no answer
 *   <li>{@link dev.asap.error.ConnectionException}: the peer was not reached, the connection broke, or there was an HTTP failure
 *   <li>{@link dev.asap.error.RequestTimeoutException}: one of the timeouts passed
 *   <li>{@link dev.asap.error.ResponseTooLargeException}: the answer is larger than accepted
 *   <li>{@link dev.asap.error.CorrelationException}, {@link MalformedEnvelopeException}: the answer belongs to another request, or
 *       its envelope breaks rules
 *   <li>{@link ClientClosedException}, {@link CallInterruptedException}: this side has ended the call
 * </ul>
 */
public final class ASAPClient implements AutoCloseable {
    /** The largest answer that is read when nobody says otherwise, in bytes. */
    public static final long DEFAULT_MAX_RESPONSE_BYTES = 10_485_760;

    /** The versions of the {@code ASAP-Version} header that this client speaks, the preferred one first. */
    public static final List<String> SUPPORTED_ASAP_VERSIONS = List.of("2.2", "2.1");

    private final HttpTransport transport;
    private final boolean requireHttps;

    private ASAPClient(ClientOptions options) {
        this.transport = new HttpTransport(options);
        this.requireHttps = options.requireHttps();
    }

    /**
     * Starts to build a client for the agent at a base URL: an origin, or one with a path in front of {@code /asap}. A slash or
     * {@code /asap} at its end is taken off.
     *
     * @throws IllegalArgumentException if it is no URL with a host and the scheme https or http, or has a query or fragment
     */
    public static Builder builder(String baseUrl) {
        return new Builder(PeerAddress.ofAgent(baseUrl));
    }

    /**
     * Starts to build a client for the agent at a base URL, see {@link #builder(String)}.
     *
     * @throws IllegalArgumentException as there
     */
    public static Builder builder(URI baseUrl) {
        return builder(baseUrl.toString());
    }

    /**
     * Sends a message and waits for the answer.
     *
     * <p>An answer of the types task response, MCP tool result and MCP resource data must name the message as what it answers.
     *
     * @throws dev.asap.ASAPException if there is no answer, or a wrong one; see {@link ASAPClient} for the kinds
     */
    public Envelope send(Envelope message) {
        return transport.send(message);
    }

    /**
     * Sends a message; the future gets the answer, or the exception that {@link #send} would throw. Cancelling the future, or
     * completing it by other means such as {@code orTimeout}, cuts off the call; cancelling one that was derived from it does not.
     *
     * <p>What is attached to the future without an executor may run in one of the client's threads and must not block there for long.
     */
    public CompletableFuture<Envelope> sendAsync(Envelope message) {
        return transport.sendAsync(message);
    }

    /**
     * Asks an agent to do a task and waits for the response, whatever its status is.
     *
     * @throws MalformedEnvelopeException if the answer is none to a task
     * @throws dev.asap.ASAPException see {@link #send}
     */
    public TaskResponse request(AgentUrn sender, AgentUrn recipient, TaskRequest task) {
        Envelope answer = send(Envelope.of(sender, recipient, task));
        if (answer.payload() instanceof TaskResponse response) {
            return response;
        }
        throw new MalformedEnvelopeException(
                "Expected a task.response from " + recipient + ", got the payload type '" + answer.payloadType()
                        + "'; use send for other answers",
                JsonObject.of("payload_type", answer.payloadType().value()));
    }

    /**
     * Gets the manifest of the agent at the base URL, be it plain or signed; a signature is not verified. Takes 10 s at most. No
     * token is sent.
     *
     * @throws dev.asap.validation.ValidationException if the manifest breaks rules of the protocol
     * @throws dev.asap.ASAPException see {@link #send}
     */
    public Manifest getManifest() {
        return transport.manifest();
    }

    /**
     * Gets the manifest at any URL, see {@link #getManifest()}. {@link Builder#requireHttps} applies to it too.
     *
     * @throws IllegalArgumentException if it is no URL with a host and the scheme https or http, or must be encrypted and is not
     * @throws dev.asap.ASAPException see {@link #getManifest()}
     */
    public Manifest getManifest(String url) {
        PeerAddress address = PeerAddress.ofDocument(url);
        if (requireHttps && address.isExposed()) {
            throw new IllegalArgumentException(unencrypted("the manifest's URL", address));
        }
        return transport.manifest(address);
    }

    /**
     * Asks the agent how it is doing. An agent that answers that it is unhealthy gives a status like any other; an exception means
     * that it did not tell. Takes 10 s at most. No token is sent.
     *
     * @throws dev.asap.validation.ValidationException if the status lacks something
     * @throws dev.asap.ASAPException see {@link #send}
     */
    public HealthStatus healthCheck() {
        return transport.health();
    }

    /** Closes the client like {@link #close(Duration)} without waiting for running calls. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Lets no new call begin, lets running ones end until the timeout, then cuts them off: they fail with a {@link
     * ClientClosedException}. Takes 4 s longer at most. Ends the client's threads and closes its connections; those of an {@link
     * Builder#okHttpClient} that was handed in stay open. Does nothing the second time.
     */
    public void close(Duration timeout) {
        transport.close(timeout);
    }

    private static String unencrypted(String what, PeerAddress address) {
        return what + " must use https, got '" + address
                + "'; if the network in between is trusted, say so with requireHttps(false)";
    }

    /** Collects what a client needs. Not thread-safe. */
    public static final class Builder {
        private final PeerAddress agent;
        private boolean requireHttps = true;
        private @Nullable Duration connectTimeout;
        private @Nullable Duration readTimeout;
        private @Nullable Duration writeTimeout;
        private @Nullable Duration callTimeout;
        private @Nullable OkHttpClient okHttpClient;
        private @Nullable String bearerToken;
        private long maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES;
        private List<String> asapVersions = SUPPORTED_ASAP_VERSIONS;
        private InstantSource clock = Clock.systemUTC();
        private Supplier<String> idempotencyKeys = Ulid::next;

        private Builder(PeerAddress agent) {
            this.agent = agent;
        }

        /**
         * How long it may take to connect to one address of the peer, without encryption; 60 s unless set, or what the {@link
         * #okHttpClient} has. Shorten it to learn sooner that a peer is gone.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder connectTimeout(Duration value) {
            connectTimeout = checked("connectTimeout", value);
            return this;
        }

        /**
         * How long the peer may send nothing while it is waited for; 60 s unless set, or what the {@link #okHttpClient} has. A peer is
         * silent while it does a task: lengthen it for tasks that take longer.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder readTimeout(Duration value) {
            readTimeout = checked("readTimeout", value);
            return this;
        }

        /**
         * How long the peer may take in nothing while a request is written; 60 s unless set, or what the {@link #okHttpClient} has.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder writeTimeout(Duration value) {
            writeTimeout = checked("writeTimeout", value);
            return this;
        }

        /**
         * How long a whole call may take, from looking up the host to the end of the answer; no limit unless set, or what the {@link
         * #okHttpClient} has. Set it where someone is waiting: the other timeouts begin anew with each byte. The time in which an
         * asynchronous call waits for others to end does not count.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder callTimeout(Duration value) {
            callTimeout = checked("callTimeout", value);
            return this;
        }

        /**
         * Whether URLs must be encrypted; they must unless switched off. This machine ({@code localhost}, {@code 127.0.0.1}, {@code
         * ::1}) is always allowed. Switch it off where something else protects the traffic.
         */
        public Builder requireHttps(boolean value) {
            requireHttps = value;
            return this;
        }

        /**
         * Takes certificates, proxies, DNS, interceptors and connections from this client. Whoever made it closes it: it is not changed,
         * and closing the ASAP client leaves it and its connections as they are.
         *
         * <p>What this class promises stays in force: no redirects, no repetition after a failed connection, threads of its own with
         * room for 100 asynchronous calls. Only an authenticator of that client can have a message sent again, when the peer refused it
         * with HTTP 401 or 407.
         */
        public Builder okHttpClient(OkHttpClient value) {
            okHttpClient = value;
            return this;
        }

        /**
         * Sends {@code Authorization: Bearer …} with messages; nothing unless set. Only the base URL's own host ever gets to see it:
         * manifests and health are asked for without.
         *
         * @throws IllegalArgumentException if it is empty or holds anything but visible ASCII
         */
        public Builder bearerToken(String value) {
            if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException(
                        "bearerToken must be visible ASCII without blanks, got something else in its " + value.length()
                                + " characters (not shown)");
            }
            bearerToken = value;
            return this;
        }

        /**
         * The largest answer that is read, in bytes after inflation; {@value ASAPClient#DEFAULT_MAX_RESPONSE_BYTES} unless set. Raise it
         * for agents that answer with large artifacts: it is what one call may take of the memory.
         *
         * @throws IllegalArgumentException if the value is not 1 to 2,147,483,639
         */
        public Builder maxResponseBytes(long value) {
            if (value < 1 || value > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(
                        "maxResponseBytes must be 1 to " + (Integer.MAX_VALUE - 8) + ", got " + value);
            }
            maxResponseBytes = value;
            return this;
        }

        /**
         * The versions that are offered in the {@code ASAP-Version} header, the preferred one first; {@link
         * ASAPClient#SUPPORTED_ASAP_VERSIONS} unless set. Change it for a peer that chokes on one of them.
         *
         * @throws IllegalArgumentException if there is none, or one that is not supported, or one twice
         */
        public Builder asapVersions(List<String> value) {
            if (value.isEmpty()
                    || !SUPPORTED_ASAP_VERSIONS.containsAll(value)
                    || new HashSet<>(value).size() != value.size()) {
                throw new IllegalArgumentException(
                        "asapVersions must be some of " + SUPPORTED_ASAP_VERSIONS + ", each once, got " + value);
            }
            asapVersions = List.copyOf(value);
            return this;
        }

        /** Gives the time that {@code Retry-After} dates are compared with; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** Gives each message its idempotency key; has to be thread-safe. A new ULID unless set. */
        Builder idempotencyKeys(Supplier<String> value) {
            idempotencyKeys = value;
            return this;
        }

        /**
         * The client. Connects to nothing yet.
         *
         * @throws IllegalArgumentException if the base URL must be encrypted and is not
         */
        public ASAPClient build() {
            if (requireHttps && agent.isExposed()) {
                throw new IllegalArgumentException(unencrypted("the base URL", agent));
            }
            return new ASAPClient(new ClientOptions(
                    agent,
                    requireHttps,
                    connectTimeout,
                    readTimeout,
                    writeTimeout,
                    callTimeout,
                    okHttpClient,
                    bearerToken,
                    maxResponseBytes,
                    asapVersions,
                    clock,
                    idempotencyKeys));
        }

        private static Duration checked(String option, Duration value) {
            if (value.compareTo(Duration.ofMillis(1)) < 0
                    || value.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0) {
                throw new IllegalArgumentException(option + " must be 1 ms to 24 days, got " + value);
            }
            return value;
        }
    }
}
