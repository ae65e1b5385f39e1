// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.id.AgentUrn;
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
        }
    }

    @Test
    void example_againstAnAgent_getsManifestAndResponse() throws Exception {
        byte[] manifest = ASAPCodec.strict()
                .write(Manifest.builder(Peer.ECHO, "Echo", "1.0.0", Endpoint.of("https://echo.example/asap"))
                        .build());
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
