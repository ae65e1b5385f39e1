// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import dev.asap.error.WebhookUrlRejectedException;
import dev.asap.json.AsciiJson;
import dev.asap.json.JsonObject;
import dev.asap.server.http.ServerBusyException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other systems over HTTP what happened.
 *
 * <pre>{@code
 * try (WebhookSender webhooks = WebhookSender.builder().secret(secret).build()) {
 *     webhooks.send(url, JsonObject.of("event", "task.completed", "task_id", id));
 * }
 * }</pre>
 *
 * <p>A webhook is a POST with a JSON body, signed with the secret ({@link WebhookSignature}). It is sent at once, and after 1, 2, 4, 8 and
 * 16 s again while the other side cannot be reached or answers with a status other than 2xx and 4xx; a 4xx is final. What is given up is
 * kept as a {@link DeadLetter}. A URL gets at most 10 a second.
 *
 * <p>URLs come from others: they must be {@code https} and lead to public addresses, and the connection goes to the very address that was
 * looked at. Redirects are not followed.
 *
 * <p>Thread-safe. Everything is bounded: what waits, what is kept, how long an attempt takes (10 s).
 */
public final class WebhookSender implements AutoCloseable {
    /** The largest body, in bytes. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private static final List<Duration> DELAYS = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(16));

    private static final int PER_SECOND = 10;
    private static final long MAX_WAITING_BYTES = 32L * 1024 * 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Does something later; in tests, when the test says so. */
    interface Timer {
        void after(Duration delay, Runnable task);
    }

    /** A webhook on its way. */
    private static final class Letter {
        private final URI url;
        private final JsonObject payload;
        private final byte[] body;
        private final CompletableFuture<WebhookDelivery> outcome = new CompletableFuture<>();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile @Nullable Integer status;

        Letter(URI url, JsonObject payload, byte[] body) {
            this.url = url;
            this.payload = payload;
            this.body = body;
        }
    }

    private final @Nullable String secret;
    private final boolean privateAddresses;
    private final boolean plainHttp;
    private final int maxWaiting;
    private final Duration timeout;
    private final HostResolver resolver;
    private final SSLSocketFactory tls;
    private final Consumer<DeadLetter> onDeadLetter;
    private final InstantSource clock;
    private final LongSupplier ticker;

    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timeouts;
    private final Timer timer;
    private final UrlBuckets buckets = new UrlBuckets(PER_SECOND);
    private final DeadLetters deadLetters = new DeadLetters();
    private final Set<Letter> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private WebhookSender(Builder builder) {
        this.secret = builder.secret;
        this.privateAddresses = builder.privateAddresses;
        this.plainHttp = builder.plainHttp;
        this.maxWaiting = builder.maxWaiting;
        this.timeout = builder.timeout;
        this.resolver = builder.resolver;
        this.tls =
                builder.tls != null ? builder.tls.getSocketFactory() : (SSLSocketFactory) SSLSocketFactory.getDefault();
        this.onDeadLetter = builder.onDeadLetter;
        this.clock = builder.clock;
        this.ticker = builder.ticker;
        this.timeouts = new ScheduledThreadPoolExecutor(1, threads("asap-webhook-timer-"));
        this.timeouts.setRemoveOnCancelPolicy(true);
        this.timer = builder.timer != null
                ? builder.timer
                : (delay, task) -> {
                    var unused = timeouts.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                };
        this.workers = new ThreadPoolExecutor(
                builder.maxConcurrent,
                builder.maxConcurrent,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("asap-webhook-"));
        this.workers.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Starts to build a sender. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Sends a webhook, and again while that may help. Does not wait for it.
     *
     * @return what became of it; fails with a {@link WebhookUrlRejectedException} if the host's addresses are not allowed, or if it has
     *     none when it is asked for the first time
     * @throws WebhookUrlRejectedException if the URL is not allowed by its looks
     * @throws ServerBusyException if as many webhooks wait as may
     * @throws IllegalArgumentException if the body is larger than {@value #MAX_BODY_BYTES} bytes
     * @throws IllegalStateException if the sender is closed
     */
    public CompletableFuture<WebhookDelivery> send(URI url, JsonObject payload) {
        checkLooks(url);
        byte[] body = AsciiJson.compact(payload).getBytes(StandardCharsets.US_ASCII);
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "a webhook's body must have at most " + MAX_BODY_BYTES + " bytes, got " + body.length);
        }
        Letter letter = new Letter(url, payload, body);
        admit(letter);
        var unused = letter.outcome.whenComplete((outcome, failure) -> leave(letter));
        if (closed.get()) {
            giveUp(letter, "the sender was closed");
            throw new IllegalStateException("the sender of webhooks is closed");
        }
        schedule(letter, Duration.ZERO);
        return letter.outcome;
    }

    /** The webhooks that were given up last, the oldest first: 1,000 at most, and 32 MiB of bodies. */
    public List<DeadLetter> deadLetters() {
        return deadLetters.all();
    }

    /** How many webhooks are on their way. */
    public int waiting() {
        return waitingCount.get();
    }

    /** Gives up what is still on its way, as dead letters, and ends the threads; within 5 s. Does nothing the second time. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        workers.shutdownNow();
        connections.forEach(WebhookPost::closeQuietly);
        waiting.forEach(letter -> giveUp(letter, "the sender was closed"));
        try {
            if (!workers.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Attempts to send webhooks were still running when the sender was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            timeouts.shutdownNow();
        }
    }

    private void admit(Letter letter) {
        if (waitingCount.incrementAndGet() > maxWaiting) {
            waitingCount.decrementAndGet();
            throw new ServerBusyException("A webhook could not be sent: " + maxWaiting
                    + " are on their way already, as many as maxWaiting allows");
        }
        if (waitingBytes.addAndGet(letter.body.length) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-letter.body.length);
            waitingCount.decrementAndGet();
            throw new ServerBusyException("A webhook could not be sent: the bodies of those on their way have "
                    + MAX_WAITING_BYTES + " bytes already");
        }
        waiting.add(letter);
    }

    private void leave(Letter letter) {
        if (waiting.remove(letter)) {
            waitingBytes.addAndGet(-letter.body.length);
            waitingCount.decrementAndGet();
        }
    }

    private void checkLooks(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(plainHttp && scheme.equals("http"))) {
            throw new WebhookUrlRejectedException(
                    shown(url), plainHttp ? "the scheme must be https or http" : "the scheme must be https");
        }
        if (url.getHost() == null) {
            throw new WebhookUrlRejectedException(shown(url), "it has no host");
        }
        if (url.getRawUserInfo() != null) {
            throw new WebhookUrlRejectedException(shown(url), "it must not hold a user or a password");
        }
    }

    /** What of a URL may be shown: the path and the query may be a secret of the other side. */
    private static String shown(URI url) {
        return url.getScheme() + "://" + url.getHost();
    }

    /** Not before the delay is over, nor before the URL has a place free. */
    private void schedule(Letter letter, Duration delay) {
        long now = ticker.getAsLong();
        long wait = delay.toNanos() + buckets.take(letter.url.toString(), now + delay.toNanos());
        try {
            if (wait == 0) {
                workers.execute(() -> attempt(letter));
            } else {
                timer.after(Duration.ofNanos(wait), () -> start(letter));
            }
        } catch (RejectedExecutionException e) {
            giveUp(letter, "the sender was closed");
        }
    }

    private void start(Letter letter) {
        try {
            workers.execute(() -> attempt(letter));
        } catch (RejectedExecutionException e) {
            giveUp(letter, "the sender was closed");
        }
    }

    private void attempt(Letter letter) {
        int number = letter.attempts.incrementAndGet();
        String failure;
        try {
            List<InetAddress> addresses = addresses(letter.url);
            int status = post(letter, addresses);
            letter.status = status;
            if (status / 100 == 2) {
                letter.outcome.complete(new WebhookDelivery(true, number, status, null));
                return;
            }
            failure = "answered with HTTP " + status;
            if (status / 100 == 4) {
                giveUp(letter, failure);
                return;
            }
        } catch (WebhookUrlRejectedException e) {
            letter.outcome.completeExceptionally(e);
            return;
        } catch (UnknownHostException e) {
            if (number == 1) {
                letter.outcome.completeExceptionally(
                        new WebhookUrlRejectedException(shown(letter.url), "the host has no address"));
                return;
            }
            failure = "the host has no address";
        } catch (IOException | RuntimeException e) {
            LOG.debug("An attempt to send a webhook to {} failed", letter.url.getHost(), e);
            failure = "no answer: " + e.getClass().getSimpleName();
        }
        if (number > DELAYS.size()) {
            giveUp(letter, failure);
        } else if (!letter.outcome.isDone()) {
            schedule(letter, DELAYS.get(number - 1));
        }
    }

    /** All of the host's addresses, if every one of them is allowed. */
    private List<InetAddress> addresses(URI url) throws UnknownHostException {
        String host = url.getHost();
        List<InetAddress> addresses =
                resolver.resolve(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        if (!privateAddresses && !addresses.stream().allMatch(PublicAddresses::contains)) {
            throw new WebhookUrlRejectedException(
                    shown(url), "the host has an address that is not public: private, of this machine, or reserved");
        }
        return addresses;
    }

    /** To the first address that can be reached. */
    private int post(Letter letter, List<InetAddress> addresses) throws IOException {
        String signature = secret == null ? null : WebhookSignature.of(secret, letter.body);
        WebhookPost post = new WebhookPost(letter.url, letter.body, signature, tls);
        IOException last = null;
        long end = System.nanoTime() + timeout.toNanos();
        for (InetAddress address : addresses) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.toMillis() > 0 && !closed.get()) {
                try {
                    return post.send(address, left, timeouts, connections);
                } catch (ConnectException e) {
                    last = e;
                }
            }
        }
        throw last != null ? last : new IOException("there was no time left");
    }

    private void giveUp(Letter letter, String reason) {
        int attempts = letter.attempts.get();
        Integer status = letter.status;
        if (!letter.outcome.complete(new WebhookDelivery(false, attempts, status, reason))) {
            return;
        }
        DeadLetter dead = new DeadLetter(letter.url, letter.payload, attempts, status, reason, clock.instant());
        deadLetters.add(dead, letter.body.length);
        LOG.warn("A webhook to {} was given up after {} attempts: {}", letter.url.getHost(), attempts, reason);
        try {
            onDeadLetter.accept(dead);
        } catch (RuntimeException e) {
            LOG.error("What is called with dead letters failed", e);
        }
    }

    /** Collects what a sender needs. Not thread-safe. */
    public static final class Builder {
        private @Nullable String secret;
        private boolean privateAddresses;
        private boolean plainHttp;
        private int maxWaiting = 10_000;
        private int maxConcurrent = 8;
        private Duration timeout = Duration.ofSeconds(10);
        private HostResolver resolver = HostResolver.system();
        private @Nullable SSLContext tls;
        private Consumer<DeadLetter> onDeadLetter = letter -> {};
        private InstantSource clock = Clock.systemUTC();
        private LongSupplier ticker = System::nanoTime;
        private @Nullable Timer timer;

        private Builder() {}

        /** What bodies are signed with; unless set, they are not. */
        public Builder secret(String value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("secret must not be empty");
            }
            secret = value;
            return this;
        }

        /**
         * Whether hosts may have addresses that are not public; only where all URLs are your own, since whoever names a URL otherwise
         * reaches what only this machine can. Not unless set.
         */
        public Builder allowPrivateAddresses(boolean value) {
            privateAddresses = value;
            return this;
        }

        /** Whether URLs may be {@code http}, which anyone on the way can read and change; not unless set. */
        public Builder allowPlainHttp(boolean value) {
            plainHttp = value;
            return this;
        }

        /**
         * How many webhooks may be on their way, retries included; 10,000 unless set.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxWaiting(int value) {
            maxWaiting = atLeastOne("maxWaiting", value);
            return this;
        }

        /**
         * How many are sent at the same time; 8 unless set.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxConcurrent(int value) {
            maxConcurrent = atLeastOne("maxConcurrent", value);
            return this;
        }

        /**
         * How long an attempt may take in all; 10 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 1 h
         */
        public Builder timeout(Duration value) {
            if (value.toMillis() < 1 || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("timeout must be 1 ms to 1 h, got " + value);
            }
            timeout = value;
            return this;
        }

        /** Finds the addresses of hosts; as this machine does unless set. */
        public Builder resolver(HostResolver value) {
            resolver = value;
            return this;
        }

        /** Whom to trust, and with what to show oneself; what the platform trusts unless set. */
        public Builder tls(SSLContext value) {
            tls = value;
            return this;
        }

        /** Is called with each webhook that is given up, in a thread of the sender; to keep it, for instance. */
        public Builder onDeadLetter(Consumer<DeadLetter> value) {
            onDeadLetter = value;
            return this;
        }

        /** Gives the time of dead letters; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        Builder timing(LongSupplier nanos, Timer value) {
            ticker = nanos;
            timer = value;
            return this;
        }

        private static int atLeastOne(String option, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(option + " must be at least 1, got " + value);
            }
            return value;
        }

        /** The sender. */
        public WebhookSender build() {
            return new WebhookSender(this);
        }
    }
}
