// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.crypto.ManifestSigner;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.model.CustomPayload;
import dev.asap.model.Manifest;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.RouteGroup;
import dev.asap.server.internal.jetty.JettyEngine;
import dev.asap.server.internal.jetty.WorkerThreads;
import dev.asap.storage.Storage;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An agent that answers: the protocol over HTTP/1.1, HTTP/2 and WebSocket on one port.
 *
 * <pre>{@code
 * try (ASAPServer server = ASAPServer.builder(manifest)
 *         .port(8080)
 *         .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
 *         .start()) {
 *     server.awaitClose();
 * }
 * }</pre>
 *
 * <p>Handlers run in the server's threads and may block; on a JDK that has them, in virtual threads. Requests larger than
 * {@link Builder#maxRequestBytes} are refused, and so are envelopes older than 300 s or more than 30 s ahead. {@code
 * state_query} and {@code state_restore} are answered from the storage's snapshots. A request that is repeated under its idempotency key gets
 * the first answer. Thread-safe.
 */
public final class ASAPServer implements AutoCloseable {
    /** The largest request that is read when nobody says otherwise, in bytes. */
    public static final long DEFAULT_MAX_REQUEST_BYTES = 10_485_760;

    /** The largest batch that is answered when nobody says otherwise. */
    public static final int DEFAULT_MAX_BATCH_SIZE = 50;

    static final long MAX_MAX_REQUEST_BYTES = Integer.MAX_VALUE - 8;

    private static final Duration LONGEST_CLOSE = Duration.ofDays(365);

    private final Parts parts;
    private final URI url;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * What a server is made of and has to end.
     *
     * @param monitor what keeps the service levels, or null
     * @param ownedStorage the storage, where the server opened it itself
     * @param closing is set when the server begins to close
     */
    record Parts(
            JettyEngine engine,
            WorkerThreads workers,
            SocketHub sockets,
            BreachBroadcaster breaches,
            @Nullable SLAMonitor monitor,
            MessageRecords records,
            ExecutorService resumeThreads,
            @Nullable Storage ownedStorage,
            AtomicBoolean closing) {}

    ASAPServer(Parts parts, URI url) {
        this.parts = parts;
        this.url = url;
    }

    /** Starts to build a server for the agent that the manifest describes. */
    public static Builder builder(Manifest manifest) {
        return new Builder(manifest);
    }

    /** The address to reach the server at, without a path: what a client is given. */
    public URI url() {
        return url;
    }

    /** The port that the server listens on. */
    public int port() {
        return url.getPort();
    }

    /** Tells those who subscribed to breaches of the service level over a socket of one. */
    public BreachBroadcaster breaches() {
        return parts.breaches;
    }

    /**
     * What keeps the service levels that the manifest promises: other agents can be added to it. Empty where the manifest promises none,
     * the storage keeps none, or it was switched off.
     */
    public Optional<SLAMonitor> slaMonitor() {
        return Optional.ofNullable(parts.monitor);
    }

    /** Waits until another thread has closed the server. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /** Closes the server like {@link #close(Duration)} with 10 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }

    /**
     * Stops to listen, lets running requests, the messages of sockets and resumed tasks end until the timeout, then cuts them off. Streams
     * are told at once ({@link AnswerStream#isOpen}), and sockets are closed as soon as their messages are answered. A storage that was
     * opened from the environment is closed too; one that was handed in is not. A negative timeout is zero, and one of more
     * than 365 days is 365 days. Does nothing the second time.
     */
    public void close(Duration timeout) {
        Duration limit = withinBounds(timeout);
        if (!parts.closing.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            parts.engine.stopListening();
            parts.sockets.close(limit);
            parts.engine.stop(remaining(deadline));
            parts.workers.close();
            stopResumeThreads(remaining(deadline));
            parts.records.close(remaining(deadline));
            if (parts.monitor != null) {
                parts.monitor.close(remaining(deadline));
            }
            if (parts.ownedStorage != null) {
                parts.ownedStorage.close(remaining(deadline));
            }
        } finally {
            closed.countDown();
        }
    }

    private static Duration withinBounds(Duration timeout) {
        if (timeout.isNegative()) {
            return Duration.ZERO;
        }
        return timeout.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE : timeout;
    }

    private void stopResumeThreads(Duration timeout) {
        ExecutorService resumeThreads = parts.resumeThreads;
        resumeThreads.shutdown();
        try {
            if (!resumeThreads.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                resumeThreads.shutdownNow();
            }
        } catch (InterruptedException e) {
            resumeThreads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** What is left of the time, and enough to try at all. */
    private static Duration remaining(long deadline) {
        return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), deadline - System.nanoTime()));
    }

    /** Collects what a server needs. Not thread-safe. */
    public static final class Builder {
        private static final long MOST_CONNECTIONS = 8192;
        private static final long BYTES_PER_CONNECTION = 32 * 1024;

        final Manifest manifest;
        final Handlers handlers = new Handlers();
        final List<RouteGroup> routeGroups = new ArrayList<>();
        String host = "127.0.0.1";
        int port;

        @Nullable
        Storage storage;

        @Nullable
        SSLContext tls;

        ClientCertificates clientCertificates = ClientCertificates.NONE;
        long maxRequestBytes = DEFAULT_MAX_REQUEST_BYTES;
        Duration idleTimeout = Duration.ofSeconds(30);
        Duration requestTimeout = Duration.ofSeconds(60);
        long maxBufferedBytes;
        int maxConnections = defaultConnections();
        int maxThreads = 200;
        int maxBatchSize = DEFAULT_MAX_BATCH_SIZE;
        int maxConcurrentHandlers;

        @Nullable
        IdempotencyOptions idempotency = IdempotencyOptions.defaults();

        boolean responseCompression = true;
        SocketOptions sockets = SocketOptions.defaults();
        boolean nonceCheck;
        boolean debug;
        boolean stateExchange = true;
        StateAuthorizer stateAuthorizer = (context, taskId) -> true;
        ResumeHandler resumeHandler = (snapshot, context) -> {};
        InstantSource clock = Clock.systemUTC();
        boolean usageRoutes;
        boolean slaRoutes;
        boolean auditRoutes;
        boolean console;

        @Nullable
        Boolean metering;

        @Nullable
        Boolean auditLog;

        @Nullable
        DelegationKeys delegationKeys;

        @Nullable
        UnaryOperator<SLAMonitor.Builder> slaMonitor = UnaryOperator.identity();

        RequestObserver observer = ServerMetrics.UNOBSERVED;
        MessageTracer tracer = MessageTracer.NONE;

        @Nullable
        ManifestSigner manifestSigner;

        @Nullable
        TokenValidator tokenValidator;

        @Nullable
        OAuth2 oauth2;

        @Nullable
        DelegationGuard delegationGuard;

        RateLimit rateLimit = RateLimit.standard();
        Function<HttpRequest, String> rateLimitKey = RequestLimits::network;

        private Builder(Manifest manifest) {
            this.manifest = manifest;
        }

        /** As many as leave half of the heap to others if each has sent the head of a request. */
        private static int defaultConnections() {
            return (int) Math.min(MOST_CONNECTIONS, Runtime.getRuntime().maxMemory() / BYTES_PER_CONNECTION);
        }

        /** The address to listen on; {@code 127.0.0.1} unless set, which only this machine reaches. */
        public Builder host(String value) {
            host = value;
            return this;
        }

        /** The port to listen on; any free one unless set, see {@link ASAPServer#port()}. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /**
         * Where state is kept. It stays open when the server is closed. Unless set, {@link Storage#fromEnvironment()} is
         * opened, and closed with the server.
         */
        public Builder storage(Storage value) {
            storage = value;
            return this;
        }

        /** Encrypts with this; HTTP/2 is then agreed on by ALPN. Unless set, the server speaks plain HTTP. */
        public Builder tls(SSLContext value) {
            tls = value;
            return this;
        }

        /**
         * Whether callers are asked for certificates; not unless set. Which ones are trusted is up to the {@link #tls} context: give
         * it the authorities of your callers, not the public ones, which would let everyone in who has any certificate.
         */
        public Builder clientCertificates(ClientCertificates value) {
            clientCertificates = value;
            return this;
        }

        /**
         * Takes over what the environment says: {@code ASAP_RATE_LIMIT}, {@code ASAP_MAX_REQUEST_SIZE} (bytes),
         * {@code ASAP_MAX_THREADS} (handlers that run at once), {@code ASAP_DEBUG}.
         * What is set afterwards goes first. The variables about tokens are read by {@link OAuth2.Builder#fromEnvironment}, those about
         * the storage by {@link Storage#fromEnvironment}.
         *
         * @throws ServerConfigurationException if a value cannot be used
         */
        public Builder fromEnvironment() {
            return fromEnvironment(System.getenv());
        }

        /** The same with these variables in place of the environment's. */
        public Builder fromEnvironment(Map<String, String> variables) {
            new Environment(variables).applyTo(this);
            return this;
        }

        /**
         * Does the tasks of one skill.
         *
         * @throws IllegalArgumentException if the skill has a handler already
         */
        public Builder skill(String skillId, SkillHandler handler) {
            if (!handlers.addSkill(skillId, handler)) {
                throw new IllegalArgumentException("the skill '" + skillId + "' has a handler already");
            }
            return this;
        }

        /** Does the tasks of all skills that have no handler. Unless set, they are refused as unknown. */
        public Builder otherSkills(SkillHandler handler) {
            handlers.otherSkills(handler);
            return this;
        }

        /**
         * Answers payloads of one of the protocol's types.
         *
         * @throws IllegalArgumentException if the type has a handler already, or is not that of the class
         */
        public <P extends Payload> Builder on(PayloadType type, Class<P> payloadClass, PayloadHandler<P> handler) {
            if (!handlers.add(type, payloadClass, handler)) {
                throw new IllegalArgumentException("the payload type '" + type + "' has a handler already");
            }
            return this;
        }

        /**
         * Answers payloads of an application's own type.
         *
         * @throws IllegalArgumentException if the type has a handler already
         */
        public Builder onCustom(String type, PayloadHandler<CustomPayload> handler) {
            return on(PayloadType.of(type), CustomPayload.class, handler);
        }

        /**
         * Does the tasks of one skill piece by piece, for callers that ask for a stream: over {@code POST /asap/stream}, and always over
         * sockets. The skill may have an ordinary handler beside it, for callers that want the answer in one piece.
         *
         * @throws IllegalArgumentException if the skill has a streaming handler already
         */
        public Builder streamingSkill(String skillId, StreamingSkillHandler handler) {
            if (!handlers.addStreamingSkill(skillId, handler)) {
                throw new IllegalArgumentException("the skill '" + skillId + "' has a streaming handler already");
            }
            return this;
        }

        /**
         * Answers payloads of one of the protocol's types piece by piece, for callers that ask for a stream: over {@code POST
         * /asap/stream}, and always over sockets. The type may have an ordinary handler beside it.
         *
         * @throws IllegalArgumentException if the type has a streaming handler already
         */
        public <P extends Payload> Builder onStream(
                PayloadType type, Class<P> payloadClass, StreamingHandler<P> handler) {
            if (!handlers.addStream(type, payloadClass, handler)) {
                throw new IllegalArgumentException("the payload type '" + type + "' has a streaming handler already");
            }
            return this;
        }

        /** Whether the spelling of a payload type counts; it does not unless set. */
        public Builder payloadTypeMatching(PayloadTypeMatching value) {
            handlers.matching(value);
            return this;
        }

        /** Adds routes of one's own. */
        public Builder routes(RouteGroup group) {
            routeGroups.add(group);
            return this;
        }

        /**
         * Whether the routes {@code /usage} record, list, sum up and export what agents used, from the storage; not unless set, nor
         * where the storage keeps none. Whoever reaches them may use them, so that they belong behind an authentication or where only
         * operators come.
         */
        public Builder usageRoutes(boolean value) {
            usageRoutes = value;
            return this;
        }

        /**
         * Whether the routes {@code /sla} tell how well agents served and which promises they did not keep, from the storage; not
         * unless set, nor where the storage keeps none. Whoever reaches them may read them.
         */
        public Builder slaRoutes(boolean value) {
            slaRoutes = value;
            return this;
        }

        /**
         * Whether {@code GET /audit} lists the audit log of the storage; not unless set, nor where the storage keeps none: it then
         * answers HTTP 404. Whoever reaches it may read who did what.
         */
        public Builder auditRoutes(boolean value) {
            auditRoutes = value;
            return this;
        }

        /**
         * Whether {@code GET /asap/console} shows a page for people with what this server's other routes tell: the manifest, service
         * levels, breaches, usage, delegations; not unless set. The page holds no data itself, and shows what the routes show: those that
         * are off stay off. With {@link #oauth2}, it is given only to who has an access token, with {@link OAuth2.Builder#operatorRoutes}
         * only to operators.
         */
        public Builder console(boolean value) {
            console = value;
            return this;
        }

        /**
         * Whether it is recorded in the storage what each task used; it is where {@link #usageRoutes} are on, unless set. Answers do not
         * wait for it, and do not fail with it: what cannot be recorded is counted and logged.
         */
        public Builder metering(boolean value) {
            metering = value;
            return this;
        }

        /**
         * Whether each answered message is written into the audit log of the storage; it is where {@link #auditRoutes} are on, unless
         * set. Answers do not wait for it, and do not fail with it: what cannot be written is counted and logged.
         */
        public Builder auditLog(boolean value) {
            auditLog = value;
            return this;
        }

        /**
         * How the service levels are kept that the manifest promises ({@code sla}): in the way of {@link SLAMonitor}, unless set; null
         * to leave it to others. Tasks are counted, the storage is asked for health checks, figures are written to it minute by minute,
         * and breaches are logged and told to who subscribed over sockets.
         *
         * <pre>{@code
         * .slaMonitor(monitor -> monitor.listener(new BreachWebhook(sender, url)))
         * }</pre>
         *
         * @param value changes the options of the monitor, which are applied last; called once at the start
         */
        public Builder slaMonitor(@Nullable UnaryOperator<SLAMonitor.Builder> value) {
            slaMonitor = value;
            return this;
        }

        /**
         * Lets callers grant rights to others at {@code /asap/delegations}, by tokens that are signed with these keys and kept in the
         * storage. The routes are there only with {@link #oauth2}, whose tokens say who calls, and must have the scope {@code asap:execute}; without a store for delegations they answer
         * HTTP 503.
         */
        public Builder delegationKeys(DelegationKeys value) {
            delegationKeys = value;
            return this;
        }

        /** Is told of each message that was answered, beside the counters of {@code /asap/metrics}; nobody is unless set. */
        public Builder observer(RequestObserver value) {
            observer = value;
            return this;
        }

        /** Follows each message that is let in until it is answered, for traces; nobody does unless set. */
        public Builder tracer(MessageTracer value) {
            tracer = new GuardedTracer(value);
            return this;
        }

        /**
         * Signs the manifest that callers get, so that those who know the key can tell that it is the agent's own; it is published
         * without a signature unless set. Signed once, at the start.
         */
        public Builder manifestSigner(ManifestSigner value) {
            manifestSigner = value;
            return this;
        }

        /** Whether {@code state_query} and {@code state_restore} are answered; they are unless switched off. */
        public Builder stateExchange(boolean value) {
            stateExchange = value;
            return this;
        }

        /** Who may read or restore the state of tasks; everyone unless set. */
        public Builder stateAuthorizer(StateAuthorizer value) {
            stateAuthorizer = value;
            return this;
        }

        /** Goes on with tasks that a peer asked to restore. Unless set, they are only acknowledged. */
        public Builder onRestore(ResumeHandler value) {
            resumeHandler = value;
            return this;
        }

        /**
         * The largest request that is read, in bytes; {@value ASAPServer#DEFAULT_MAX_REQUEST_BYTES} unless set. Larger ones
         * are answered with HTTP 413.
         *
         * @throws IllegalArgumentException if the value is not 1 to 2,147,483,639
         */
        public Builder maxRequestBytes(long value) {
            if (value < 1 || value > MAX_MAX_REQUEST_BYTES) {
                throw new IllegalArgumentException(
                        "maxRequestBytes must be 1 to " + MAX_MAX_REQUEST_BYTES + ", got " + value);
            }
            maxRequestBytes = value;
            return this;
        }

        /** How long a connection may be silent before it is closed; 30 s unless set. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /**
         * How long the head of a request may take from its first byte to its last, and its body as well; 60 s unless set. Slower peers are
         * disconnected, bodies that are too slow get HTTP 408. More for large requests over slow lines.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder requestTimeout(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("requestTimeout must be positive, got " + value);
            }
            requestTimeout = value;
            return this;
        }

        /**
         * How many bytes of requests are kept in memory at the same time, of all callers together, unpacked ones as well; a quarter of the
         * heap unless set, and always enough for one request of {@link #maxRequestBytes}. Half of it is for the first 64 KiB of each
         * request, so that large ones do not keep out all others. Requests beyond get HTTP 503 with {@code Retry-After}.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxBufferedBytes(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxBufferedBytes must be positive, got " + value);
            }
            maxBufferedBytes = value;
            return this;
        }

        /**
         * How many connections there may be; 8,192 unless set, and less with a heap below 256 MiB. Further ones get HTTP 503 and are
         * closed at once, without a word where they are encrypted. Not more than the files that the process may open.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxConnections(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxConnections must be positive, got " + value);
            }
            maxConnections = value;
            return this;
        }

        /** How many platform threads the server uses at most; 200 unless set. More for many slow handlers before JDK 21. */
        public Builder maxThreads(int value) {
            maxThreads = value;
            return this;
        }

        /**
         * How many messages a batch may have; {@value ASAPServer#DEFAULT_MAX_BATCH_SIZE} unless set. A larger one is refused as a whole.
         *
         * @throws IllegalArgumentException if the value is less than 1
         */
        public Builder maxBatchSize(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxBatchSize must be at least 1, got " + value);
            }
            maxBatchSize = value;
            return this;
        }

        /**
         * How many handlers run at once, streaming ones included; any number unless set. What is too much is refused at once, with HTTP 503
         * or a JSON-RPC error that says to come back after a second, instead of waiting in a queue: set it to what a machine can do at a time.
         *
         * @throws IllegalArgumentException if the value is less than 1
         */
        public Builder maxConcurrentHandlers(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxConcurrentHandlers must be at least 1, got " + value);
            }
            maxConcurrentHandlers = value;
            return this;
        }

        /**
         * Which answers are kept for callers that repeat a request under its idempotency key: they get the first answer, and the handler
         * does not run again. {@link IdempotencyOptions#defaults()} unless set; null to execute every request anew. Answers are kept in
         * memory: not beyond a restart, and not for another server. Failures that a retry may cure are not kept, nor are streams.
         */
        public Builder idempotency(@Nullable IdempotencyOptions value) {
            idempotency = value;
            return this;
        }

        /** How sockets ({@code /asap/ws}) are kept; {@link SocketOptions#defaults()} unless set. */
        public Builder sockets(SocketOptions value) {
            sockets = value;
            return this;
        }

        /**
         * Whether answers of 1 KiB and more are compressed for callers that ask for it; they are unless switched off. Off where a proxy
         * before the server does it.
         */
        public Builder responseCompression(boolean value) {
            responseCompression = value;
            return this;
        }

        /**
         * Whether an envelope whose {@code extensions.nonce} was used within the last 600 s is refused; not unless set.
         * Envelopes without a nonce pass in any case.
         */
        public Builder nonceCheck(boolean value) {
            nonceCheck = value;
            return this;
        }

        /** Whether internal errors tell callers their cause and stack trace; never in production. */
        public Builder debug(boolean value) {
            debug = value;
            return this;
        }

        /**
         * Says whose the bearer tokens of messages are: a message must then come with a token, and its sender must be the agent that
         * the token belongs to. The manifest has to declare the scheme {@code bearer}, so that callers know.
         */
        public Builder tokenValidator(TokenValidator value) {
            tokenValidator = value;
            return this;
        }

        /**
         * Asks callers for access tokens of OAuth2 before everything below {@code /asap}, but not {@code /asap/agent/}. Routes
         * find the caller in {@link dev.asap.server.http.HttpRequest#caller()}.
         */
        public Builder oauth2(OAuth2 value) {
            oauth2 = value;
            return this;
        }

        /**
         * Holds tasks to the delegation tokens that come with them. Unless set, such tokens are not looked at. Refusals are protocol
         * errors with the code {@code asap:delegation/refused}.
         */
        public Builder delegationGuard(DelegationGuard value) {
            delegationGuard = value;
            return this;
        }

        /**
         * How many messages, and requests to the routes of usage and service levels, a client may send; {@code 10/second;100/minute}
         * unless set, as all servers of the protocol. What is beyond gets HTTP 429 with {@code Retry-After}.
         */
        public Builder rateLimit(RateLimit value) {
            rateLimit = value;
            return this;
        }

        /**
         * By what clients are told apart for the rate limit; by their address unless set, of IPv6 by the first 64 bits. Behind a proxy
         * all requests have its address: take a header that the proxy sets, and that clients cannot. The 16,384 clients that were
         * last heard of are remembered.
         */
        public Builder rateLimitKey(Function<HttpRequest, String> value) {
            rateLimitKey = value;
            return this;
        }

        /** Gives the time; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /**
         * Starts the server: it listens when this returns.
         *
         * @throws IllegalStateException if options contradict each other: above all if the manifest declares an authentication that
         *     nothing here checks, or the other way round
         * @throws ServerStartException if it cannot listen on the address
         * @throws dev.asap.storage.StorageConfigurationException if no storage was given and the environment names none that
         *     can be used
         */
        public ASAPServer start() {
            return ServerAssembly.start(this);
        }
    }
}
