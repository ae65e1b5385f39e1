// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.crypto.TlsMaterial;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.UnknownOutcomeException;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Calls an agent: the protocol over HTTP/1.1 and, where the peer agrees to it by ALPN, HTTP/2, or over {@linkplain
 * Builder#transportMode WebSocket}. Thread-safe; meant to be built once for an agent and used by all threads.
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
 * <p><b>Repetition.</b> A message that cannot have arrived, or that the peer refused for now, is sent again: three times in all
 * unless {@link Builder#retry} says otherwise. One that was sent and got no answer is not, and fails with an {@link
 * UnknownOutcomeException}. Each message has an idempotency key that stays the same over all attempts. Redirects are not
 * followed.
 *
 * <p><b>Connections.</b> Up to 100 calls run at a time, the others wait up to 5 s for their place; connections are kept open for
 * 5 s and used again. Blocking calls run in the calling thread, on a virtual thread without holding on to its carrier;
 * asynchronous ones in the client's threads, of which none is held while a call waits.
 *
 * <p><b>Bounds.</b> Answers are bounded after inflation, see {@link Builder#maxResponseBytes}, and members that this library does
 * not know are passed over. Manifests are kept for as long as they say.
 *
 * <p>Every failure is a {@link dev.asap.ASAPException}:
 *
 * <ul>
 *   <li>{@link dev.asap.error.RemoteErrorException}: the peer answered with an error, or with what is no answer
 *   <li>{@link UnknownOutcomeException}: the message was sent, and whether the peer has acted on it is not known
 *   <li>{@link dev.asap.error.CircuitOpenException}: the {@link CircuitBreaker} lets nothing through; nothing was sent
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

    private final Transport transport;
    private final boolean requireHttps;
    private final ManifestCache manifestCache;

    private ASAPClient(ClientOptions options) {
        this.transport = Transport.of(options);
        this.requireHttps = options.requireHttps();
        this.manifestCache = options.manifestCache();
    }

    /**
     * Starts to build a client for the agent at a base URL: an origin, or one with a path in front of {@code /asap}. A slash or
     * {@code /asap} at its end is taken off, and so is {@code /asap/ws} from one for WebSocket, see {@link Builder#transportMode}.
     *
     * @throws IllegalArgumentException if it is no URL with a host and the scheme https, http, wss or ws, or has a query or fragment
     */
    public static Builder builder(String baseUrl) {
        boolean socketUrl = SocketAddresses.isSocketUrl(baseUrl);
        return new Builder(socketUrl ? SocketAddresses.agentOf(baseUrl) : PeerAddress.ofAgent(baseUrl), socketUrl);
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
        return send(message, CallOptions.defaults());
    }

    /**
     * Sends a message and waits for the answer, see {@link #send(Envelope)}.
     *
     * @param options what is different for this call
     */
    public Envelope send(Envelope message, CallOptions options) {
        return transport.send(message, options);
    }

    /**
     * Sends a message; the future gets the answer, or the exception that {@link #send} would throw. Cancelling the future, or
     * completing it by other means such as {@code orTimeout}, cuts off the call; cancelling one that was derived from it does not.
     *
     * <p>What is attached to the future without an executor may run in one of the client's threads and must not block there for long.
     */
    public CompletableFuture<Envelope> sendAsync(Envelope message) {
        return sendAsync(message, CallOptions.defaults());
    }

    /**
     * Sends a message, see {@link #sendAsync(Envelope)}.
     *
     * @param options what is different for this call
     */
    public CompletableFuture<Envelope> sendAsync(Envelope message, CallOptions options) {
        return transport.sendAsync(message, options);
    }

    /**
     * Sends several messages, each by itself and many at a time, and waits for all answers.
     *
     * @param messages at least one
     * @return what became of each, in the order of the messages
     * @throws IllegalArgumentException if there is no message
     * @throws CallInterruptedException if the thread is interrupted; what runs is cut off
     */
    public List<BatchItem> sendBatch(List<Envelope> messages) {
        return transport.await(transport.batches().each(messages, false));
    }

    /**
     * Sends several messages as {@link #sendBatch} does; the first failure ends all, and what still runs is cut off.
     *
     * @param messages at least one
     * @return the answers, in the order of the messages
     * @throws IllegalArgumentException if there is no message
     * @throws dev.asap.ASAPException the first failure; see {@link #send(Envelope)}
     */
    public List<Envelope> sendBatchOrFail(List<Envelope> messages) {
        return transport.await(transport.batches().each(messages, true)).stream()
                .map(BatchItem::orThrow)
                .toList();
    }

    /**
     * Sends several messages as {@link #sendBatch} does; the future gets what became of each. Cancelling it cuts off what runs.
     *
     * @param messages at least one
     * @throws IllegalArgumentException if there is no message
     */
    public CompletableFuture<List<BatchItem>> sendBatchAsync(List<Envelope> messages) {
        return transport.batches().each(messages, false);
    }

    /**
     * Sends several messages in as few requests as the protocol allows, 50 in each, and waits for all answers. Peers before
     * version 2.2 of the wire format do not take such requests; see {@link #sendAll}.
     *
     * <p>Messages that the peer refuses for now are sent again as {@link Builder#retry} says; the others keep their answers.
     *
     * @param messages at least one
     * @return what became of each, in the order of the messages
     * @throws IllegalArgumentException if there is no message
     * @throws UnsupportedOperationException over WebSocket, which the protocol gives no batches
     * @throws CallInterruptedException if the thread is interrupted; what runs is cut off
     */
    public List<BatchItem> batch(List<Envelope> messages) {
        return transport.await(transport.batches().together(messages));
    }

    /**
     * Sends several messages in the way that suits the peer: as {@link #batch} where it takes such requests, which the first one
     * shows, else as {@link #sendBatch}.
     *
     * @param messages at least one
     * @return what became of each, in the order of the messages
     * @throws IllegalArgumentException if there is no message
     * @throws CallInterruptedException if the thread is interrupted; what runs is cut off
     */
    public List<BatchItem> sendAll(List<Envelope> messages) {
        return transport.batches().all(messages, transport::await);
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
     * Sends a message whose answer comes bit by bit, and waits until it begins. The stream has to be closed.
     *
     * @throws UnsupportedOperationException over WebSocket; see {@link ASAPSocket#stream}
     * @throws dev.asap.ASAPException if the call fails or is answered with what is no stream; see {@link #send(Envelope)}
     */
    public EnvelopeStream stream(Envelope message) {
        return stream(message, StreamOptions.defaults());
    }

    /**
     * Sends a message whose answer comes bit by bit, see {@link #stream(Envelope)}. It is sent once, and does not count among the
     * {@link Builder#poolMaxSize} calls that run at a time.
     *
     * @param options the limits of the stream
     */
    public EnvelopeStream stream(Envelope message, StreamOptions options) {
        return transport.stream(message, options);
    }

    /**
     * The same as {@link #stream(Envelope)} for subscribers: each one makes a call, gets as many envelopes as it asks for and holds
     * up the peer until it asks for more. Cancelling the subscription ends the call.
     *
     * @throws UnsupportedOperationException over WebSocket
     */
    public Flow.Publisher<Envelope> publisher(Envelope message) {
        return publisher(message, StreamOptions.defaults());
    }

    /**
     * The same as {@link #publisher(Envelope)}.
     *
     * @param options the limits of each stream
     */
    public Flow.Publisher<Envelope> publisher(Envelope message, StreamOptions options) {
        return transport.publisher(message, options);
    }

    /**
     * Gets the manifest of the agent at the base URL, plain or signed, out of the {@link #manifestCache()} where that has it. A
     * signature is verified as {@link Builder#manifestTrust} says. Takes 10 s at most. No token is sent.
     *
     * @throws dev.asap.validation.ValidationException if the manifest breaks rules of the protocol
     * @throws dev.asap.error.SignatureVerificationException if it is not signed as it must be
     * @throws dev.asap.ASAPException see {@link #send(Envelope)}
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
        return transport.documents().manifest(allowed("the manifest's URL", PeerAddress.ofDocument(url)));
    }

    /**
     * Gets the manifest of any agent by its base URL, see {@link #getManifest()}. {@link Builder#requireHttps} applies to it too.
     *
     * @throws IllegalArgumentException as in {@link #builder(String)}, or if it must be encrypted and is not
     * @throws dev.asap.ASAPException see {@link #getManifest()}
     */
    public Manifest discover(String baseUrl) {
        return transport
                .documents()
                .manifest(allowed("the base URL", PeerAddress.ofAgent(baseUrl)).manifest());
    }

    /**
     * What an agent with this identity can do at the server that this client calls: register, ask for capabilities and use them.
     * Costs nothing; keep it as long as the identity is used, since it remembers the id that the server gives.
     */
    public AgentAccess access(AgentIdentity identity) {
        return transport.access(identity);
    }

    /**
     * The URL of a manifest out of the latest ASAP challenge, which the agent sends with HTTP 401 where it wants callers to
     * register; empty before the first. It is what the agent says: it may point anywhere.
     */
    public Optional<String> lastChallenge() {
        return transport.signals().challenge();
    }

    /** The latest {@code ASAP-Version} in an answer of the agent; empty before the first, and with agents that send none. */
    public Optional<String> lastAsapVersion() {
        return transport.signals().version();
    }

    /** The manifests that this client has read. */
    public ManifestCache manifestCache() {
        return manifestCache;
    }

    /** What the client has done and is doing. */
    public ClientStats stats() {
        return transport.stats();
    }

    /**
     * Opens connections, so that the first messages need not wait for them: as many as asked for over HTTP/1.1, one over HTTP/2.
     * They are kept for {@link Builder#poolIdleExpiry}.
     *
     * @param connections at least 1, at most {@link Builder#poolMaxSize}
     * @return how many connections are open now; fewer than asked for if the peer takes no more
     * @throws IllegalArgumentException if the number is out of range
     * @throws dev.asap.ASAPException if there is none; see {@link #send(Envelope)}
     */
    public int warmUp(int connections) {
        return transport.warmUp(connections);
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
     * ClientClosedException}. Takes 4 s longer at most, over WebSocket up to 3 s more where the agent or {@link Builder#onMessage} holds
     * it up. Ends the client's threads and closes its connections; those of an {@link
     * Builder#okHttpClient} that was handed in stay open. Does nothing the second time.
     */
    public void close(Duration timeout) {
        transport.close(timeout);
    }

    private PeerAddress allowed(String what, PeerAddress address) {
        return OptionChecks.guarded(what, address, requireHttps);
    }

    /** Collects what a client needs. Not thread-safe. */
    public static final class Builder {
        private final PeerAddress agent;
        private final boolean socketUrl;
        private TransportMode transportMode = TransportMode.AUTO;
        private @Nullable Consumer<Envelope> onMessage;
        private boolean requireHttps = true;
        private @Nullable Duration connectTimeout;
        private @Nullable Duration readTimeout;
        private @Nullable Duration writeTimeout;
        private @Nullable Duration callTimeout;
        private @Nullable Integer poolConnections;
        private @Nullable Integer poolMaxSize;
        private @Nullable Duration poolTimeout;
        private @Nullable Duration poolIdleExpiry;
        private Http2 http2 = Http2.WHERE_AGREED;
        private RetryPolicy retry = RetryPolicy.defaults();
        private @Nullable CircuitBreaker circuitBreaker;
        private Compression compression = Compression.defaults();
        private @Nullable ManifestCache manifestCache;
        private ManifestTrust manifestTrust = ManifestTrust.none();
        private boolean autoRegisterOnChallenge;
        private final List<CallInterceptor> interceptors = new ArrayList<>();
        private @Nullable OkHttpClient okHttpClient;
        private @Nullable TlsMaterial tls;
        private @Nullable TokenProvider tokens;
        private long maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES;
        private List<String> asapVersions = SUPPORTED_ASAP_VERSIONS;
        private InstantSource clock = Clock.systemUTC();
        private LongSupplier nanoTime = System::nanoTime;
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Supplier<String> idempotencyKeys = Ulid::next;
        private DocumentRules documents = DocumentRules.ONCE;
        private Supplier<ScheduledExecutorService> timers = ClientThreads::newTimer;

        Builder(PeerAddress agent) {
            this(agent, false);
        }

        private Builder(PeerAddress agent, boolean socketUrl) {
            this.agent = agent;
            this.socketUrl = socketUrl;
        }

        /**
         * What messages travel over; what the base URL says unless set: WebSocket for {@code wss://} and {@code ws://}, else HTTP.
         *
         * <p>Over WebSocket a call has a connection to itself while it runs, and up to {@link #poolMaxSize} are open. Manifests and
         * health are asked for over HTTP at the same place. There are no streams and no {@link ASAPClient#batch}, which throw an {@link
         * UnsupportedOperationException}, no {@linkplain CallOptions#withHeader headers of a call}, and no compression. {@link
         * #readTimeout} is the time for an answer, {@link #connectTimeout} that for the whole handshake (10 s unless set). What is
         * repeated is up to {@link #retry}: the client's sockets send no message again that is not acknowledged.
         */
        public Builder transportMode(TransportMode value) {
            transportMode = value;
            return this;
        }

        /**
         * Gets what the agent sends on its own over WebSocket, and answers that come after their call has ended; dropped unless set.
         * Runs in a thread of the connection, for each connection one message after the other; what it throws is logged. It takes a
         * connection to get anything: {@link ASAPClient#warmUp} opens one, and a lost one is only replaced with the next message. Who
         * lives on such messages uses an {@link ASAPSocket} with {@link ASAPSocket.Builder#reconnect}.
         */
        public Builder onMessage(Consumer<Envelope> handler) {
            onMessage = handler;
            return this;
        }

        /**
         * How long it may take to connect to one address of the peer, without encryption; 60 s unless set, or what the {@link
         * #okHttpClient} has. Shorten it to learn sooner that a peer is gone.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder connectTimeout(Duration value) {
            connectTimeout = Timeouts.checked("connectTimeout", value);
            return this;
        }

        /**
         * How long the peer may send nothing while it is waited for; 60 s unless set, or what the {@link #okHttpClient} has. A peer is
         * silent while it does a task: lengthen it for tasks that take longer.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder readTimeout(Duration value) {
            readTimeout = Timeouts.checked("readTimeout", value);
            return this;
        }

        /**
         * How long the peer may take in nothing while a request is written; 60 s unless set, or what the {@link #okHttpClient} has.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder writeTimeout(Duration value) {
            writeTimeout = Timeouts.checked("writeTimeout", value);
            return this;
        }

        /**
         * How long a whole call may take: waiting for a place, all attempts, and what lies between them. No limit unless set, or what
         * the {@link #okHttpClient} has. Set it where someone is waiting: the other timeouts begin anew with each byte.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder callTimeout(Duration value) {
            callTimeout = Timeouts.checked("callTimeout", value);
            return this;
        }

        /**
         * Sets {@link #connectTimeout}, {@link #readTimeout} and {@link #writeTimeout} to the same value.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder timeout(Duration value) {
            return connectTimeout(value).readTimeout(value).writeTimeout(value);
        }

        /**
         * How many connections without a call are kept for the next one; 100 unless set, 1 over WebSocket. Does not apply to an {@link #okHttpClient}
         * that was handed in, which has its own.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder poolConnections(int value) {
            poolConnections = OptionChecks.atLeast(0, "poolConnections", value);
            return this;
        }

        /**
         * How many calls run at a time, and so how many connections there are at most over HTTP/1.1 and WebSocket; 100 unless set, 2
         * over WebSocket. Raise it for many callers of a slow agent; each call that runs takes a thread.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder poolMaxSize(int value) {
            poolMaxSize = OptionChecks.atLeast(1, "poolMaxSize", value);
            return this;
        }

        /**
         * How long a call waits for its place while {@link #poolMaxSize} others run; 5 s unless set. What passes it counts as an
         * attempt that did not reach the peer.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder poolTimeout(Duration value) {
            poolTimeout = Timeouts.checked("poolTimeout", value);
            return this;
        }

        /**
         * How long a connection without a call is kept; 5 s unless set, 60 s over WebSocket, where it is looked after with the next
         * call. Servers close silent connections too: a value below theirs
         * keeps messages from being lost on a connection that is just being closed. Does not apply to an {@link #okHttpClient}.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder poolIdleExpiry(Duration value) {
            poolIdleExpiry = Timeouts.checked("poolIdleExpiry", value);
            return this;
        }

        /** When messages travel over HTTP/2; over TLS with peers that agree to it unless set. */
        public Builder http2(Http2 value) {
            http2 = value;
            return this;
        }

        /** When a message is sent again; {@link RetryPolicy#defaults()} unless set. */
        public Builder retry(RetryPolicy value) {
            retry = value;
            return this;
        }

        /**
         * Stops sending to a peer that keeps failing; none unless set. Hand the same one to several clients of the same agent, and what
         * one of them learns helps the others.
         */
        public Builder circuitBreaker(CircuitBreaker value) {
            circuitBreaker = value;
            return this;
        }

        /** Which requests are compressed and how; those from 1,024 bytes on unless set. Answers are inflated in any case. */
        public Builder compression(Compression value) {
            compression = value;
            return this;
        }

        /**
         * Where manifests are kept; a cache of its own with room for 1,000 unless set. Hand the same one to several clients to share
         * what they have read, if they have the same {@link #manifestTrust}.
         */
        public Builder manifestCache(ManifestCache value) {
            manifestCache = value;
            return this;
        }

        /** Which signatures of manifests are verified; none unless set. */
        public Builder manifestTrust(ManifestTrust value) {
            manifestTrust = value;
            return this;
        }

        /**
         * Whether the manifest that an ASAP challenge names is fetched into the {@link #manifestCache}, in the background and one at a
         * time; it is not unless switched on. Manifests elsewhere than at the agent's own origin are not fetched: ask for the URL of
         * {@link ASAPClient#lastChallenge} yourself if you trust it.
         */
        public Builder autoRegisterOnChallenge(boolean value) {
            autoRegisterOnChallenge = value;
            return this;
        }

        /** Has the calls watched; may be called several times, and the interceptors are told in that order. */
        public Builder interceptor(CallInterceptor value) {
            interceptors.add(value);
            return this;
        }

        /**
         * Which certificates are trusted, and which one is shown to a peer that asks for it (mutual TLS); those of the platform, and
         * none, unless set.
         */
        public Builder tls(TlsMaterial value) {
            tls = value;
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
            String token = OptionChecks.bearerToken(value);
            tokens = () -> token;
            return this;
        }

        /**
         * Sends the tokens of this provider, as {@link #bearerToken} does with one that never changes; the last one set counts.
         */
        public Builder tokenProvider(TokenProvider value) {
            tokens = value;
            return this;
        }

        /**
         * The largest answer that is read, in bytes after inflation; {@value ASAPClient#DEFAULT_MAX_RESPONSE_BYTES} unless set. Raise it
         * for agents that answer with large artifacts: it is what one call may take of the memory.
         *
         * @throws IllegalArgumentException if the value is not 1 to 2,147,483,639
         */
        public Builder maxResponseBytes(long value) {
            maxResponseBytes = OptionChecks.bytes("maxResponseBytes", value);
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

        /** Gives the time of the tokens of agents, and what {@code Retry-After} dates are compared with; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** Gives each message its idempotency key; has to be thread-safe. A new ULID unless set. */
        Builder idempotencyKeys(Supplier<String> value) {
            idempotencyKeys = value;
            return this;
        }

        /** How documents are asked for. */
        Builder documents(DocumentRules value) {
            documents = value;
            return this;
        }

        /** Gives what begins things later; the client ends it. */
        Builder timers(Supplier<ScheduledExecutorService> value) {
            timers = value;
            return this;
        }

        /** Measures the time that passes. */
        Builder nanoTime(LongSupplier value) {
            nanoTime = value;
            return this;
        }

        /** Gives the jitter of waits, 0 to 1. */
        Builder random(DoubleSupplier value) {
            random = value;
            return this;
        }

        /**
         * The client. Connects to nothing yet.
         *
         * @throws IllegalArgumentException if the base URL must be encrypted and is not, or options contradict each other
         */
        public ASAPClient build() {
            return new ASAPClient(options());
        }

        /** What was collected, checked as {@link #build} says. */
        ClientOptions options() {
            PeerAddress base =
                    OptionChecks.guarded("the base URL", socketUrl ? SocketAddresses.of(agent) : agent, requireHttps);
            boolean isSocket = transportMode.isSocket(socketUrl);
            if (socketUrl && !isSocket) {
                throw new IllegalArgumentException("transportMode HTTP needs a base URL with https, got '" + base
                        + "'; write https, or leave the mode to the URL");
            }
            if (onMessage != null && !isSocket) {
                throw new IllegalArgumentException("onMessage needs WebSocket, over HTTP nothing is pushed; set"
                        + " transportMode(TransportMode.WEBSOCKET), or write the base URL with wss");
            }
            if (http2 == Http2.PRIOR_KNOWLEDGE && agent.url().isHttps()) {
                throw new IllegalArgumentException("HTTP/2 by prior knowledge is for http:// only, got '" + agent
                        + "'; over TLS it is agreed on by itself");
            }
            if (tls != null && okHttpClient != null) {
                throw new IllegalArgumentException(
                        "tls and okHttpClient cannot both be set; give the OkHttpClient its certificates itself");
            }
            ManifestCache cache = manifestCache != null
                    ? manifestCache
                    : ManifestCache.builder().build();
            cache.bindTo(manifestTrust);
            return new ClientOptions(
                    agent,
                    isSocket,
                    requireHttps,
                    new Timeouts(connectTimeout, readTimeout, writeTimeout, callTimeout),
                    pool(isSocket),
                    http2,
                    okHttpClient,
                    tls,
                    tokens,
                    maxResponseBytes,
                    asapVersions,
                    retry,
                    circuitBreaker,
                    compression,
                    cache,
                    manifestTrust,
                    autoRegisterOnChallenge,
                    interceptors,
                    onMessage,
                    clock,
                    nanoTime,
                    random,
                    idempotencyKeys,
                    documents,
                    timers);
        }

        private PoolOptions pool(boolean isSocket) {
            return (isSocket ? PoolOptions.SOCKETS : PoolOptions.HTTP)
                    .with(poolConnections, poolMaxSize, poolTimeout, poolIdleExpiry);
        }
    }
}
