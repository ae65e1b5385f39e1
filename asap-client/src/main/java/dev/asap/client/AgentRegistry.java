// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.error.AgentRevokedException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Manifest;
import dev.asap.model.Registry;
import dev.asap.model.RegistryEntry;
import dev.asap.model.RevocationList;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Finds agents by what they can do, and calls them by their URN. Thread-safe; meant to be built once and used by all threads.
 *
 * <pre>{@code
 * try (AgentRegistry registry = AgentRegistry.builder().authorities(Set.of(key)).build();
 *         ResolvedAgent agent = registry.resolve(AgentUrn.of("urn:asap:agent:echo"))) {
 *     System.out.println(agent.run("echo", JsonObject.of("text", "hello")));
 * }
 * }</pre>
 *
 * <p>A registry is a document that nobody signs. So {@link #resolve} believes an agent only if its manifest is signed by an
 * authority that is known here, and if it is not on the list of revoked agents.
 *
 * <p>The registry is kept for a while, a manifest for as long as it says; the list of revoked agents is asked for each time. Of
 * several threads that miss the same document one fetches it. Redirects are not followed.
 */
public final class AgentRegistry implements AutoCloseable {
    /** The registry that is read unless another one is named. */
    public static final String DEFAULT_URL = "https://asap-protocol.github.io/registry/registry.json";

    /** The list of revoked agents that is asked for unless another one is named. */
    public static final String DEFAULT_REVOCATION_URL =
            "https://raw.githubusercontent.com/asap-protocol/asap-protocol/main/revoked_agents.json";

    /** How long the registry is kept unless set. */
    public static final Duration DEFAULT_CACHE_TTL = Duration.ofMinutes(5);

    /** Who sends the tasks unless set. */
    public static final AgentUrn DEFAULT_SENDER = AgentUrn.of("urn:asap:agent:sdk-consumer");

    /** The environment variable with the address of the list of revoked agents. */
    public static final String REVOCATION_URL_VARIABLE = "ASAP_REVOKED_AGENTS_URL";

    /** The environment variable with the number of seconds for which the registry is kept. */
    public static final String CACHE_TTL_VARIABLE = "ASAP_REGISTRY_CACHE_TTL";

    /** The environment variable with the key of the authority, in base64. */
    public static final String AUTHORITY_VARIABLE = "ASAP_CA_PUBLIC_KEY";

    private static final int REPETITIONS = 3;

    /** Whatever caches lie in between have to ask the host. */
    private static final Headers UNCACHED = Headers.of("Cache-Control", "no-cache");

    private final PeerAddress address;
    private final PeerAddress revocationAddress;
    private final boolean requireHttps;
    private final boolean knowsAuthorities;
    private final AgentUrn sender;
    private final UnaryOperator<ASAPClient.Builder> agentClients;
    private final ClientEngine engine;
    private final CachedDocument<Registry> registry;
    private final RegistryReader reader = new RegistryReader();

    private AgentRegistry(Builder builder) {
        Builder.Settings settings = builder.settings();
        this.address = builder.address;
        this.revocationAddress = settings.revocationAddress();
        this.requireHttps = builder.requireHttps;
        this.knowsAuthorities = !settings.authorities().isEmpty();
        this.sender = builder.sender;
        ManifestTrust trust =
                knowsAuthorities ? ManifestTrust.authorities(settings.authorities()) : ManifestTrust.strict(Map.of());
        this.agentClients =
                configuration(builder, trust, ManifestCache.builder().build());
        ClientOptions options = agentClients
                .apply(new ASAPClient.Builder(address))
                .documents(new DocumentRules(builder.timeout, REPETITIONS, builder.maxRetryWait))
                .timers(builder.timers)
                .options();
        this.engine = new ClientEngine(options, Operation.get(address));
        this.registry =
                new CachedDocument<>(Operation.get(address), settings.cacheTtl(), builder.timeout, builder.ticker);
    }

    /** Starts to build one for the registry at {@value #DEFAULT_URL}. */
    public static Builder builder() {
        return builder(DEFAULT_URL);
    }

    /**
     * Starts to build one for the registry at this URL.
     *
     * @throws IllegalArgumentException if it is no URL with a host and the scheme https or http
     */
    public static Builder builder(String url) {
        return new Builder(PeerAddress.ofDocument("the registry's URL", url));
    }

    /**
     * The registry: the one that is kept, or one that is fetched now. Entries that break rules of the protocol are left out.
     *
     * @throws ValidationException if the document breaks rules
     * @throws dev.asap.ASAPException if it cannot be fetched; see {@link ASAPClient} for the kinds
     */
    public Registry registry() {
        return registry.get(() -> engine.documents.document("registry", address, Headers.EMPTY, reader::read));
    }

    /** Forgets the registry that is kept: the next call fetches it. */
    public void invalidate() {
        registry.invalidate();
    }

    /**
     * What the registry says about an agent; empty if it does not have it.
     *
     * @throws dev.asap.ASAPException see {@link #registry()}
     */
    public Optional<RegistryEntry> find(AgentUrn urn) {
        return registry().find(urn);
    }

    /**
     * The agents that have this skill, compared exactly. {@link #registry()} has other searches.
     *
     * @throws dev.asap.ASAPException see {@link #registry()}
     */
    public List<RegistryEntry> bySkill(String skill) {
        return registry().bySkill(skill);
    }

    /**
     * Finds an agent and makes sure that it can be trusted: fetches its manifest, which an authority must have signed, and
     * meanwhile the list of revoked agents, each time anew. If that list cannot be read, nobody is trusted.
     *
     * <p>While the host of the manifest answers HTTP 429, it is asked again, three times at most: after the time that it asks for, else
     * after 1 s, 2 s, 4 s; see {@link Builder#maxRetryWait}.
     *
     * @return the agent; to be closed
     * @throws AgentNotFoundException if the registry does not have it
     * @throws AgentRevokedException if it is revoked
     * @throws SignatureVerificationException if the manifest is not signed by an authority, or is that of another agent
     * @throws ValidationException if a document breaks rules, or has an address that cannot be used or must be encrypted and is not
     * @throws dev.asap.ASAPException if a document cannot be fetched; see {@link ASAPClient} for the kinds
     * @throws IllegalStateException if no authority is known, see {@link Builder#authorities}
     */
    public ResolvedAgent resolve(AgentUrn urn) {
        if (!knowsAuthorities) {
            throw new IllegalStateException("resolve needs the key of an authority to verify manifests, got none; set "
                    + AUTHORITY_VARIABLE + " or authorities(…)");
        }
        RegistryEntry entry = find(urn).orElseThrow(() -> new AgentNotFoundException(urn, address.shown()));
        PeerAddress place = manifestOf(entry);
        Operation operation = Operation.get(place);
        Future<Manifest> manifest = engine.inBackground(operation, () -> engine.documents.manifest(place));
        try {
            requireNotRevoked(urn);
            return resolved(entry, await(manifest, operation), place);
        } finally {
            manifest.cancel(true);
        }
    }

    /**
     * Makes sure that an agent is not on the list of revoked agents, which is fetched each time.
     *
     * @throws AgentRevokedException if it is
     * @throws dev.asap.ASAPException if the list cannot be fetched or read: then nobody can know
     */
    public void requireNotRevoked(AgentUrn urn) {
        RevocationList list = engine.documents.document(
                "revocation list",
                revocationAddress,
                UNCACHED,
                utf8 -> ASAPCodec.tolerant().read(utf8, RevocationList.class));
        if (list.find(urn).isPresent()) {
            throw new AgentRevokedException(urn.value());
        }
    }

    /** Closes the registry like {@link #close(Duration)} without waiting for running calls. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Lets no new call begin, lets running ones end until the timeout, then cuts them off: they fail with a {@link
     * ClientClosedException}. Takes 4 s longer at most. Agents that were resolved stay open. Does nothing the second time.
     */
    public void close(Duration timeout) {
        engine.close(timeout, () -> {});
    }

    /** Of the builder as it is now: it may be used for another registry. */
    private static UnaryOperator<ASAPClient.Builder> configuration(
            Builder builder, ManifestTrust trust, ManifestCache manifests) {
        UnaryOperator<ASAPClient.Builder> clients = builder.clients;
        InstantSource clock = builder.clock;
        boolean requireHttps = builder.requireHttps;
        return client -> clients.apply(client)
                .clock(clock)
                .requireHttps(requireHttps)
                .manifestTrust(trust)
                .manifestCache(manifests);
    }

    private ResolvedAgent resolved(RegistryEntry entry, Manifest manifest, PeerAddress place) {
        if (!manifest.id().equals(entry.id())) {
            throw new SignatureVerificationException(
                    "the manifest from " + place + " is that of " + manifest.id() + ", expected that of " + entry.id(),
                    JsonObject.of("url", place.shown(), "cause", "other agent"));
        }
        // Signed, other than the address in the registry.
        PeerAddress agent = usable(
                "manifest of " + entry.id(),
                "asap",
                "the base URL",
                () -> PeerAddress.ofAgent(manifest.endpoints().asap()));
        String baseUrl = agent.withoutTrailingSlash();
        ASAPClient client = agentClients.apply(ASAPClient.builder(baseUrl)).build();
        return new ResolvedAgent(entry, manifest, baseUrl, sender, client);
    }

    private PeerAddress manifestOf(RegistryEntry entry) {
        String subject = "registry entry of " + entry.id();
        String what = "the manifest's URL";
        Optional<String> manifest = entry.endpoint(RegistryEntry.MANIFEST);
        if (manifest.isPresent()) {
            return usable(subject, RegistryEntry.MANIFEST, what, () -> PeerAddress.ofDocument(what, manifest.get()));
        }
        String http = entry.endpoint(RegistryEntry.HTTP)
                .orElseThrow(() -> unusable(subject, RegistryEntry.MANIFEST, "is required where 'http' is missing"));
        return usable(
                subject,
                RegistryEntry.HTTP,
                what,
                () -> PeerAddress.ofAgent(http).manifest());
    }

    /** An address out of a document, if it may be called. */
    private PeerAddress usable(String subject, String endpoint, String what, Supplier<PeerAddress> parsed) {
        try {
            return OptionChecks.guarded(what, parsed.get(), requireHttps);
        } catch (IllegalArgumentException e) {
            throw unusable(subject, endpoint, String.valueOf(e.getMessage()));
        }
    }

    private static ValidationException unusable(String subject, String endpoint, String reason) {
        return new ValidationException(
                subject, List.of(new Violation(Violation.VALUE_ERROR, List.of("endpoints", endpoint), reason)));
    }

    private static Manifest await(Future<Manifest> manifest, Operation operation) {
        try {
            return manifest.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(operation + " was cut off: the thread was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** Collects the options of a registry. Not thread-safe. */
    public static final class Builder {
        /** What the environment and the options come to. */
        private record Settings(PeerAddress revocationAddress, Duration cacheTtl, Set<Ed25519PublicKey> authorities) {}

        private static final Duration LONGEST_TTL = Duration.ofDays(365);

        private final PeerAddress address;
        private @Nullable String revocationUrl;
        private @Nullable Duration cacheTtl;
        private @Nullable Set<Ed25519PublicKey> authorities;
        private UnaryOperator<@Nullable String> environment = System::getenv;
        private Duration timeout = Duration.ofSeconds(30);
        private Duration maxRetryWait = Duration.ofMinutes(5);
        private boolean requireHttps = true;
        private AgentUrn sender = DEFAULT_SENDER;
        private UnaryOperator<ASAPClient.Builder> clients = UnaryOperator.identity();
        private InstantSource clock = Clock.systemUTC();
        private LongSupplier ticker = System::nanoTime;
        private Supplier<ScheduledExecutorService> timers = ClientThreads::newTimer;

        private Builder(PeerAddress address) {
            this.address = address;
        }

        /**
         * The keys of the authorities whose signatures are believed; the one in {@value AgentRegistry#AUTHORITY_VARIABLE} unless set.
         * Without any, agents can be looked up and not resolved.
         */
        public Builder authorities(Set<Ed25519PublicKey> value) {
            authorities = Set.copyOf(value);
            return this;
        }

        /**
         * Where the list of revoked agents is; what {@value AgentRegistry#REVOCATION_URL_VARIABLE} says unless set, else {@value
         * AgentRegistry#DEFAULT_REVOCATION_URL}. Set it together with the registry: another registry has another list.
         */
        public Builder revocationUrl(String value) {
            revocationUrl = value;
            return this;
        }

        /**
         * How long the registry is kept; as many seconds as {@value AgentRegistry#CACHE_TTL_VARIABLE} says unless set, else 300 s. Zero
         * fetches it each time.
         *
         * @throws IllegalArgumentException if it is negative or above 365 days
         */
        public Builder cacheTtl(Duration value) {
            cacheTtl = checkedTtl("cacheTtl", value);
            return this;
        }

        /** Gives the value of an environment variable, or null where it is not set; the process's own unless set. */
        public Builder environment(UnaryOperator<@Nullable String> value) {
            environment = value;
            return this;
        }

        /**
         * How long fetching a document may take, each attempt by itself; 30 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder timeout(Duration value) {
            timeout = Timeouts.checked("timeout", value);
            return this;
        }

        /**
         * How long {@link AgentRegistry#resolve} may wait in all while the host of a manifest answers that it is asked too often; 5 min
         * unless set. A wait that does not fit in ends the call at once. Shorten it where someone is waiting.
         *
         * @throws IllegalArgumentException if it is negative or above 1 day
         */
        public Builder maxRetryWait(Duration value) {
            if (value.isNegative() || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("maxRetryWait must be 0 to 1 day, got " + value);
            }
            maxRetryWait = value;
            return this;
        }

        /**
         * Whether URLs must be encrypted, also those in documents; they must unless switched off. This machine ({@code localhost},
         * {@code 127.0.0.1}, {@code ::1}) is always allowed.
         */
        public Builder requireHttps(boolean value) {
            requireHttps = value;
            return this;
        }

        /** Who sends the tasks of {@link ResolvedAgent#run}; {@code urn:asap:agent:sdk-consumer} unless set. */
        public Builder sender(AgentUrn value) {
            sender = value;
            return this;
        }

        /**
         * Sets options of the client that fetches the documents and of those that call the agents: it is handed the builder of each and
         * returns it. For TLS, proxies, timeouts, repetition, interceptors. A token that is set here goes to every agent that is
         * resolved. What {@code requireHttps}, {@code manifestTrust} and {@code manifestCache} are set to does not count.
         */
        public Builder clients(UnaryOperator<ASAPClient.Builder> value) {
            clients = value;
            return this;
        }

        /** Gives the time that {@code Retry-After} dates are compared with; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** Measures for how long the registry is kept. */
        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /** Gives what ends the waits; the registry ends it. */
        Builder timers(Supplier<ScheduledExecutorService> value) {
            timers = value;
            return this;
        }

        /**
         * The registry. Connects to nothing yet.
         *
         * @throws IllegalArgumentException if a URL must be encrypted and is not, or a variable of the environment cannot be used
         */
        public AgentRegistry build() {
            return new AgentRegistry(this);
        }

        private Settings settings() {
            OptionChecks.guarded("the registry's URL", address, requireHttps);
            String url = revocationUrl != null
                    ? revocationUrl
                    : variable(REVOCATION_URL_VARIABLE).orElse(DEFAULT_REVOCATION_URL);
            PeerAddress revocations = PeerAddress.ofDocument("the revocation list's URL", url);
            OptionChecks.guarded("the revocation list's URL", revocations, requireHttps);
            return new Settings(
                    revocations,
                    cacheTtl != null
                            ? cacheTtl
                            : variable(CACHE_TTL_VARIABLE).map(Builder::seconds).orElse(DEFAULT_CACHE_TTL),
                    authorities != null
                            ? authorities
                            : variable(AUTHORITY_VARIABLE)
                                    .map(Builder::key)
                                    .map(Set::of)
                                    .orElse(Set.of()));
        }

        /** Empty where it is not set or blank. */
        private Optional<String> variable(String name) {
            String value = environment.apply(name);
            return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
        }

        private static Duration seconds(String text) {
            try {
                return checkedTtl(CACHE_TTL_VARIABLE, Duration.ofSeconds(Long.parseLong(text)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        CACHE_TTL_VARIABLE + " must be a number of seconds, as '300', got '" + text + "'", e);
            }
        }

        private static Ed25519PublicKey key(String base64) {
            try {
                return Ed25519PublicKey.ofBase64(base64);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(AUTHORITY_VARIABLE + " cannot be used: " + e.getMessage(), e);
            }
        }

        private static Duration checkedTtl(String option, Duration value) {
            if (value.isNegative() || value.compareTo(LONGEST_TTL) > 0) {
                throw new IllegalArgumentException(option + " must be 0 to 365 days, got " + value);
            }
            return value;
        }
    }
}
