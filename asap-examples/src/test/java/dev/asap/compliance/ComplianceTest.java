// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.compliance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An agent as an application sets it up, with the limits that hold unless set, passes the public checks. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class ComplianceTest {
    private static final Manifest MANIFEST = Manifest.builder(
                    AgentUrn.of("urn:asap:agent:echo"), "Echo", "1.0.0", Endpoint.of("http://127.0.0.1:8080/asap"))
            .capabilities(Capability.builder()
                    .skill(Skill.of("echo", "Gives back its input"))
                    .build())
            .build();

    /** What agents differ in. */
    enum Options {
        NONE(11, builder -> builder),
        SIGNED(11, builder -> builder.manifestSigner(ManifestSigner.of(Ed25519PrivateKey.generate()))),
        ALL_ROUTES(12, builder -> builder.usageRoutes(true).slaRoutes(true).auditRoutes(true));

        private final int harnessChecks;

        @SuppressWarnings("ImmutableEnumChecker") // a function without state
        private final UnaryOperator<ASAPServer.Builder> options;

        Options(int harnessChecks, UnaryOperator<ASAPServer.Builder> options) {
            this.harnessChecks = harnessChecks;
            this.options = options;
        }

        ASAPServer start(Storage storage) {
            return options.apply(ASAPServer.builder(MANIFEST)
                            .storage(storage)
                            .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input()))))
                    .start();
        }
    }

    @ParameterizedTest
    @EnumSource
    void agent_passesTheChecksOfItsMessagesAndTasks(Options options) throws IOException {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                ASAPServer server = options.start(storage);
                AgentProbe agent = new AgentProbe(server.url())) {
            assertThat(AgentChecks.run(agent))
                    .hasSize(25)
                    .allSatisfy(
                            check -> assertThat(check.passed()).as("%s", check).isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void agent_hasTheHarnesssFullScore(Options options) {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                ASAPServer server = options.start(storage);
                AgentProbe agent = new AgentProbe(server.url())) {
            List<Check> checks = HarnessChecks.run(agent);

            assertThat(checks).filteredOn(check -> !check.passed()).isEmpty();
            assertThat(checks).hasSize(options.harnessChecks);
            assertThat(HarnessChecks.score(checks)).isEqualTo(1.0);
        }
    }
}
