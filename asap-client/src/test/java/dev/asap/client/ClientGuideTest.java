// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.id.AgentUrn;
import dev.asap.identity.AgentSession;
import dev.asap.identity.RegistrationRequest;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/guides/client.md}: it compiles, it works, and the page shows it as it is here. */
class ClientGuideTest {
    private static final Path GUIDE = Path.of("../docs/guides/client.md");
    private static final Path SOURCE = Path.of("src/test/java/dev/asap/client/ClientGuideTest.java");
    private static final String BEGIN = "// What the guide shows begins here.";
    private static final String END = "// What the guide shows ends here.";

    private static void callAgent(String agentUrl) {
        // What the guide shows begins here.
        try (ASAPClient client =
                ASAPClient.builder(agentUrl).readTimeout(Duration.ofMinutes(5)).build()) {
            Manifest agent = client.getManifest();
            TaskRequest task = TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "hello"));
            TaskResponse response = client.request(AgentUrn.of("urn:asap:agent:caller"), agent.id(), task);
            System.out.println(response.status() + ": " + response.result());
        } catch (ASAPException e) {
            System.err.println(e.getMessage() + (e.retryable() ? " - it may work later" : ""));
        }
        // What the guide shows ends here.
    }

    private static Envelope sendWithSameKey(ASAPClient client, Envelope message) {
        try {
            return client.send(message);
        } catch (UnknownOutcomeException e) {
            CallOptions sameKey =
                    CallOptions.defaults().withIdempotencyKey(e.idempotencyKey().orElseThrow());
            return client.send(message, sameKey);
        }
    }

    private static void readStream(ASAPClient client, Envelope message, StringBuilder text) {
        try (EnvelopeStream answer = client.stream(message)) {
            for (Envelope envelope : answer) {
                if (envelope.payload() instanceof TaskStream chunk) {
                    text.append(chunk.chunk());
                }
            }
        }
    }

    private static Envelope callOverSocket(String agentUrl, Envelope message) {
        try (ASAPSocket socket = ASAPSocket.builder(agentUrl)
                .reconnect(true)
                .onMessage(pushed -> System.out.println(pushed.payload()))
                .build()) {
            socket.connect();
            return socket.send(message);
        }
    }

    private static void useCapability(ASAPClient client, Ed25519PrivateKey hostKey, Ed25519PrivateKey agentKey) {
        AgentIdentity identity =
                AgentIdentity.of(hostKey, agentKey, client.getManifest().id());
        AgentAccess access = client.access(identity);

        AgentSession session = access.register(RegistrationRequest.of("report.read"));
        if (session.approval() != null) {
            System.out.println("Please approve at " + session.approval().verificationUriComplete());
            access.awaitApproval(ApprovalOptions.defaults()
                    .withInterval(Duration.ofSeconds(5))
                    .withLimit(Duration.ofMinutes(10)));
        }

        CapabilityOutcome outcome = access.requestCapability("report.write");
        if (outcome instanceof CapabilityOutcome.Granted) {
            access.executeCapability("report.write", JsonObject.of("title", "Third quarter"));
        }
    }

    @Test
    void example_ofCapabilities_registersAsksAndExecutes() throws Exception {
        List<String> answers = List.of(
                "{\"agent_id\":\"a-1\",\"status\":\"pending\",\"approval\":{\"method\":\"device_authorization\"}}",
                "{\"agent_id\":\"a-1\",\"status\":\"active\",\"approval_status\":\"approved\"}",
                "{\"agent_id\":\"a-1\",\"status\":\"active\"}",
                "{\"capability\":\"report.write\",\"status\":\"executed\"}");
        try (MockWebServer server = new MockWebServer();
                ASAPClient client = clientOf(server)) {
            server.enqueue(Peer.json(200, manifest()));
            answers.forEach(answer -> server.enqueue(Peer.json(200, answer)));
            useCapability(client, Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate());
            assertThat(server.getRequestCount()).isEqualTo(5);
        }
    }

    private static ASAPClient clientOf(MockWebServer server) throws IOException {
        server.start();
        return ASAPClient.builder(server.url("/").uri()).build();
    }

    private static byte[] manifest() {
        return ASAPCodec.strict()
                .write(Manifest.builder(Peer.ECHO, "Echo", "1.0.0", Endpoint.of("https://echo.example/asap"))
                        .build());
    }

    private static List<BatchItem> sendOverSockets(String socketUrl, List<Envelope> messages) {
        try (ASAPClient client = ASAPClient.builder(socketUrl)
                .poolMaxSize(4)
                .poolConnections(4)
                .onMessage(pushed -> System.out.println(pushed.payload()))
                .build()) {
            return client.sendBatch(messages);
        }
    }

    private static JsonObject findAndRun(AgentRegistry registry) {
        try (ResolvedAgent agent = registry.resolve(AgentUrn.of("urn:asap:agent:echo"))) {
            agent.manifest().requireSkill("echo").requireAsapVersion("0.1");
            return agent.run("echo", JsonObject.of("text", "hello"));
        }
    }

    @Test
    void example_ofFindingAnAgent_works() {
        try (RegistryHost host = new RegistryHost();
                AgentRegistry registry = host.registry().build()) {
            assertThat(findAndRun(registry)).isEqualTo(JsonObject.of("text", "hello"));
        }
    }

    @Test
    void examples_ofLostAnswersStreamsAndSockets_work() {
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = ASAPClient.builder(peer.url()).build()) {
            peer.next(Fault.closeBeforeAnswer());
            assertThat(sendWithSameKey(client, Peer.message()).correlationId()).isEqualTo("m-1");
            assertThat(peer.requests().get(0).header("X-Idempotency-Key"))
                    .isEqualTo(peer.requests().get(1).header("X-Idempotency-Key"));

            StringBuilder text = new StringBuilder();
            readStream(client, Peer.message(), text);
            assertThat(text).isNotEmpty();

            assertThat(callOverSocket(peer.url(), Peer.message()).correlationId())
                    .isEqualTo("m-1");
            assertThat(sendOverSockets(peer.webSocketUrl(), List.of(Peer.message("m-2"), Peer.message("m-3"))))
                    .hasSize(2)
                    .allMatch(BatchItem.Ok.class::isInstance);
        }
    }

    @Test
    void example_againstAnAgent_getsManifestAndResponse() throws Exception {
        byte[] manifest = manifest();
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return request.getMethod().equals("GET") ? Peer.json(200, manifest) : Peer.echo(request);
                }
            });
            callAgent(server.url("/").toString());
            assertThat(server.takeRequest().getTarget()).isEqualTo("/.well-known/asap/manifest.json");
            assertThat(server.takeRequest().getTarget()).isEqualTo("/asap");
        }
    }

    @Test
    void example_inTheGuide_isTheOneOfThisTest() throws IOException {
        List<String> source =
                Files.readAllLines(SOURCE).stream().map(String::strip).toList();
        List<String> example = source.subList(source.indexOf(BEGIN) + 1, source.indexOf(END));
        List<String> guide =
                Files.readAllLines(GUIDE).stream().map(String::strip).toList();
        int start = guide.indexOf("```java") + 1;
        assertThat(example).isNotEmpty();
        assertThat(guide.subList(start, start + example.size())).isEqualTo(example);
    }
}
