// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.audit.AuditStore;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.economics.sla.WatchedAgent;
import dev.asap.id.Ulid;
import dev.asap.metering.MeteringStore;
import dev.asap.model.AuthScheme;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.model.TaskStatus;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.RouteGroup;
import dev.asap.server.http.Router;
import dev.asap.server.internal.jetty.JettyEngine;
import dev.asap.server.internal.jetty.WorkerThreads;
import dev.asap.sla.SLAStore;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageConfigurationException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of a server together as its options say. Where one of them cannot be had, those that are there already are ended again, the
 * last one first. For one start, in one thread.
 */
final class ServerAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final long LEAST_BEGINNINGS_BYTES = 64 * 1024;
    private static final int RESUME_THREADS = 8;
    // Quick handlers keep hardly more threads busy than there are processors.
    private static final int READING_THREADS =
            Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
    private static final int RESUME_QUEUE = 1000;
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final ASAPServer.Builder options;
    private final Manifest manifest;
    private final Deque<Runnable> endings = new ArrayDeque<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final ServerMetrics metrics;
    private final RequestLimits limits;
    private final @Nullable AccessTokens tokens;

    private ServerAssembly(ASAPServer.Builder options) {
        this.options = options;
        this.manifest = options.manifest;
        this.metrics = new ServerMetrics(options.observer);
        this.limits = new RequestLimits(options.rateLimit, options.rateLimitKey, System::nanoTime);
        this.tokens = options.oauth2 == null
                ? null
                : new AccessTokens(options.oauth2, manifest.id(), options.clock, System::nanoTime);
    }

    /** A server that listens, or a failure that leaves nothing behind. */
    static ASAPServer start(ASAPServer.Builder options) {
        refuseContradictions(options);
        ServerAssembly assembly = new ServerAssembly(options);
        try {
            return assembly.start();
        } catch (RuntimeException e) {
            assembly.abandon(e);
            throw e;
        } catch (Exception e) {
            assembly.abandon(e);
            throw new ServerStartException(
                    "Cannot listen on " + options.host + ":" + options.port + ": " + e.getMessage(), e);
        }
    }

    /** Refuses to start rather than to let everyone in where the options say otherwise. */
    private static void refuseContradictions(ASAPServer.Builder options) {
        if (options.clientCertificates != ClientCertificates.NONE && options.tls == null) {
            throw new IllegalStateException("clientCertificates is " + options.clientCertificates
                    + ", but nothing is encrypted: certificates are part of TLS, so set .tls(…) too");
        }
        if (options.tokenValidator != null && options.oauth2 != null) {
            throw new IllegalStateException(
                    "Both a tokenValidator and oauth2 are set, and each would read the same header"
                            + " Authorization in its own way: leave one of them out");
        }
        AuthScheme declared = options.manifest.auth();
        boolean bearer = declared != null && declared.schemes().contains("bearer");
        if (options.tokenValidator != null && !bearer) {
            throw new IllegalStateException("A tokenValidator is set, but the manifest of " + options.manifest.id()
                    + " does not declare the scheme 'bearer', so that callers would send no token: add"
                    + " .auth(AuthScheme.of(\"bearer\")) to the manifest");
        }
        if (declared != null && options.tokenValidator == null && options.oauth2 == null) {
            throw new IllegalStateException("The manifest of " + options.manifest.id() + " declares the authentication "
                    + declared.schemes()
                    + ", but nothing checks it: set a tokenValidator or oauth2, which check 'bearer',"
                    + " or take .auth(…) out of the manifest");
        }
    }

    private ASAPServer start() throws Exception {
        Storage storage = storage();
        ExecutorService resumeThreads = opened(newResumeThreads(), ExecutorService::shutdownNow);
        WorkerThreads workers = opened(WorkerThreads.create(options.maxThreads), WorkerThreads::close);
        MessageAccess access = newAccess(storage);
        BreachBroadcaster breaches =
                new BreachBroadcaster(kept(storage::sla), kept(storage::delegations), options.clock);
        SLAMonitor monitor = newMonitor(storage, breaches);
        MessageRecords records = opened(newRecords(storage, watcher(monitor)), each -> each.close(Duration.ZERO));
        MessagePipeline pipeline = newPipeline(storage, access, resumeThreads, records);
        SocketHub sockets = opened(newSockets(pipeline, access, workers, breaches), each -> each.close(Duration.ZERO));
        JettyEngine engine = opened(
                new JettyEngine(
                        new JettyEngine.Settings(
                                options.host, options.port, tlsSettings(), options.maxThreads, engineLimits()),
                        newRoutes(storage, pipeline, records, workers, monitor),
                        sockets),
                each -> each.stop(GRACE));
        engine.start();
        URI url = URI.create((options.tls == null ? "http://" : "https://") + hostOfUrl() + ":" + engine.port());
        Storage owned = options.storage == null ? storage : null;
        return new ASAPServer(
                new ASAPServer.Parts(
                        engine, workers, sockets, breaches, monitor, records, resumeThreads, owned, closing),
                url);
    }

    /** Takes note of how a part is ended if another cannot be had. */
    private <T> T opened(T part, Consumer<T> ending) {
        endings.push(() -> ending.accept(part));
        return part;
    }

    private void abandon(Exception cause) {
        for (Runnable ending : endings) {
            try {
                ending.run();
            } catch (RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private Storage storage() {
        return options.storage != null ? options.storage : opened(Storage.fromEnvironment(), Storage::close);
    }

    private MessageAccess newAccess(Storage storage) {
        MessageAccess callers = newCallers();
        return options.delegationGuard == null
                ? callers
                : new DelegatedTasks(callers, options.delegationGuard, storage.delegations(), options.clock);
    }

    private MessageAccess newCallers() {
        if (options.tokenValidator != null) {
            return new BearerAccess(options.tokenValidator);
        }
        if (options.oauth2 != null && tokens != null) {
            return new OAuth2Access(tokens, options.oauth2);
        }
        return MessageAccess.OPEN;
    }

    /** What keeps the service levels that the manifest promises; null where it promises none, or nobody is to keep them. */
    private @Nullable SLAMonitor newMonitor(Storage storage, BreachBroadcaster breaches) {
        SLADefinition promises = manifest.sla();
        UnaryOperator<SLAMonitor.Builder> settings = options.slaMonitor;
        if (promises == null || settings == null) {
            return null;
        }
        SLAStore store = kept(storage::sla);
        if (store == null) {
            LOG.warn(
                    "The manifest of {} promises service levels, but the storage keeps none, so that nobody sees whether they are kept:"
                            + " take a storage with .sla(…), or switch it off with slaMonitor(null)",
                    manifest.id());
            return null;
        }
        SLAMonitor.Builder monitor = SLAMonitor.builder(store)
                .clock(options.clock)
                .agent(new WatchedAgent(manifest.id().value(), promises, () -> answers(storage)))
                .listener(event -> breaches.publish(event.breach()));
        return opened(settings.apply(monitor).start(), each -> each.close(Duration.ZERO));
    }

    /** An agent whose storage does not answer does not serve well; one that is being closed still answers what it has begun. */
    private static boolean answers(Storage storage) {
        storage.check();
        return true;
    }

    private TaskWatcher watcher(@Nullable SLAMonitor monitor) {
        String self = manifest.id().value();
        return monitor == null
                ? TaskWatcher.NONE
                : end -> {
                    if (end.status().equals(TaskStatus.COMPLETED)
                            || end.status().equals(TaskStatus.FAILED)) {
                        // As long as it is recorded to have taken, so that both lists of figures agree.
                        long took = TimeUnit.MILLISECONDS.toNanos(end.millis());
                        monitor.taskEnded(self, took, end.status().equals(TaskStatus.FAILED));
                    }
                };
    }

    private MessageRecords newRecords(Storage storage, TaskWatcher watcher) {
        boolean metered = options.metering == null ? options.usageRoutes : options.metering;
        boolean audited = options.auditLog == null ? options.auditRoutes : options.auditLog;
        return new MessageRecords(
                manifest.id(),
                metered ? kept(storage::metering) : null,
                audited ? kept(storage::audit) : null,
                watcher,
                metrics,
                options.clock,
                Ulid::next);
    }

    private MessagePipeline newPipeline(
            Storage storage, MessageAccess access, ExecutorService resumeThreads, MessageRecords records) {
        StateExchange exchange = options.stateExchange
                ? new StateExchange(options.stateAuthorizer, options.resumeHandler, resumeThreads)
                : null;
        return new MessagePipeline(
                manifest.id(),
                options.handlers.frozen(exchange),
                storage,
                access,
                new ReplayGuard(options.clock, options.nonceCheck),
                new HandlerSlots(options.maxConcurrentHandlers),
                records,
                options.idempotency == null ? null : new IdempotentAnswers(options.idempotency, options.clock),
                metrics,
                options.tracer,
                options.clock,
                options.debug);
    }

    private SocketHub newSockets(
            MessagePipeline pipeline, MessageAccess access, WorkerThreads workers, BreachBroadcaster breaches) {
        return new SocketHub(
                new SocketConnection.Shared(
                        pipeline,
                        access,
                        workers,
                        new Semaphore(READING_THREADS),
                        options.sockets,
                        breaches,
                        options.clock,
                        System::nanoTime),
                options.idleTimeout);
    }

    private HttpHandler newRoutes(
            Storage storage,
            MessagePipeline pipeline,
            MessageRecords records,
            WorkerThreads workers,
            @Nullable SLAMonitor monitor) {
        List<RouteGroup> groups = new ArrayList<>(List.of(
                new ManifestRoutes(manifest, options.manifestSigner),
                new HealthRoutes(manifest, storage, records, monitor, metrics, options.clock),
                new MessageRoutes(
                        pipeline,
                        new BatchAnswers(pipeline, options.maxBatchSize, workers, limits),
                        limits,
                        new RequestDecoder(options.maxRequestBytes),
                        () -> !closing.get())));
        groups.addAll(storeRoutes(storage, monitor));
        groups.addAll(options.routeGroups);
        groups.add(new IdentityRoutes(options.routeGroups));
        return gates(new RateLimitGate(new RecordsGate(new Router(groups), records), limits));
    }

    /** The routes to what the storage keeps, as far as it keeps it. */
    private List<RouteGroup> storeRoutes(Storage storage, @Nullable SLAMonitor monitor) {
        List<RouteGroup> groups = new ArrayList<>();
        MeteringStore metering = options.usageRoutes ? kept(storage::metering) : null;
        if (metering != null) {
            warnIfOpen("usageRoutes", "/usage");
            groups.add(new UsageRoutes(metering));
        }
        SLAStore sla = options.slaRoutes ? kept(storage::sla) : null;
        if (sla != null) {
            warnIfOpen("slaRoutes", "/sla");
            groups.add(new SLARoutes(sla, monitor, manifest, options.clock));
        }
        AuditStore audit = options.auditRoutes ? kept(storage::audit) : null;
        if (audit != null) {
            warnIfOpen("auditRoutes", "/audit");
        }
        groups.add(new AuditRoutes(audit));
        if (options.delegationKeys != null && options.oauth2 != null) {
            groups.add(new DelegationRoutes(
                    options.delegationKeys,
                    kept(storage::delegations),
                    kept(storage::sla),
                    metrics,
                    options.clock,
                    () -> Ulid.next("del_")));
        }
        return groups;
    }

    private void warnIfOpen(String option, String path) {
        if (options.oauth2 == null || !options.oauth2.operatorRoutes) {
            LOG.warn(
                    "{} is on and nobody is asked who they are at {}: whoever reaches this server at {} may use it."
                            + " Set oauth2 with operatorRoutes(true), or keep others away from the address",
                    option,
                    path,
                    options.host);
        }
    }

    /** What a request passes before its route, the last gate first. */
    private HttpHandler gates(HttpHandler routes) {
        HttpHandler gates = new FailureGate(routes, options.maxRequestBytes);
        if (options.responseCompression) {
            gates = new ResponseCompression(gates);
        }
        if (options.oauth2 != null && tokens != null) {
            gates = new OAuth2Gate(gates, tokens, options.oauth2);
        }
        if (options.console) {
            gates = new ConsoleGate(gates, tokens, options.oauth2, options.clock);
        }
        HttpHandler whole = new ChallengeGate(new VersionGate(gates, new JsonRpcCodec(options.clock)), manifest);
        return new AccessLog(whole, System::nanoTime);
    }

    private JettyEngine.@Nullable Tls tlsSettings() {
        return options.tls == null
                ? null
                : new JettyEngine.Tls(
                        options.tls,
                        options.clientCertificates == ClientCertificates.WANTED,
                        options.clientCertificates == ClientCertificates.REQUIRED);
    }

    private JettyEngine.Limits engineLimits() {
        return new JettyEngine.Limits(
                options.maxRequestBytes,
                Math.max(enoughForOne(), bufferedBytes() / 2),
                Math.max(LEAST_BEGINNINGS_BYTES, bufferedBytes() / 2),
                options.idleTimeout,
                options.requestTimeout,
                options.maxConnections);
    }

    /** Room for one request of the largest size, packed and unpacked, with what its pieces take beyond that. */
    private long enoughForOne() {
        return 2 * options.maxRequestBytes + 64 * 1024;
    }

    private long bufferedBytes() {
        return options.maxBufferedBytes == 0 ? Runtime.getRuntime().maxMemory() / 4 : options.maxBufferedBytes;
    }

    private String hostOfUrl() {
        String reachable = options.host.equals("0.0.0.0") || options.host.equals("::") ? "localhost" : options.host;
        return reachable.contains(":") ? "[" + reachable + "]" : reachable;
    }

    /** A store of the storage; null where it keeps none of this kind. */
    private static <T> @Nullable T kept(Supplier<T> store) {
        try {
            return store.get();
        } catch (StorageConfigurationException e) {
            return null;
        }
    }

    private static ExecutorService newResumeThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                RESUME_THREADS, RESUME_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(RESUME_QUEUE), task -> {
                    Thread thread = new Thread(task, "asap-resume-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
