// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.ECKey;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.model.Skill;
import dev.asap.server.Chromium.Tab;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What people see and do in the console, in a real browser. */
class ConsoleTest {
    /** Names the folder that pictures of the page are written to; none are unless set. */
    private static final String PICTURES = "asap.console.pictures";

    private static final String OPEN_ROWS = "#breaches div[aria-label^='Open'] tbody tr";
    private static final String PAST_ROWS = "#breaches div[aria-label^='Past'] tbody tr";

    private static @Nullable Chromium chromium;

    private @Nullable TestAgent agent;
    private @Nullable Tab tab;

    @BeforeAll
    static void startBrowser() throws IOException {
        chromium = Chromium.start();
    }

    @AfterAll
    static void closeBrowser() throws IOException {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openTab() {
        tab = chromium.newTab();
    }

    @AfterEach
    void close() {
        tab.close();
        if (agent != null) {
            agent.close();
        }
    }

    private void start(Manifest manifest, UnaryOperator<ASAPServer.Builder> options) {
        agent = TestAgent.start(manifest, builder -> options.apply(builder.console(true)));
    }

    /** An agent with everything switched on and a month behind it, shown to the end. */
    private void openFull() {
        start(
                ConsoleData.manifest(),
                builder -> builder.usageRoutes(true).slaRoutes(true).rateLimit(RateLimit.standard()));
        ConsoleData.fill(agent.storage, Instant.now());
        open();
        tab.waitForText("#live", "live");
    }

    private void open() {
        tab.open(agent.server.url() + "/asap/console");
        tab.waitForText("#updated", "updated");
    }

    private SLABreach publish(SLABreach breach) {
        agent.storage.sla().recordBreach(breach);
        agent.server.breaches().publish(breach);
        return breach;
    }

    private static SLABreach latencyBreach(String id) {
        return new SLABreach(
                id,
                ConsoleData.OTHER,
                BreachType.LATENCY,
                "500ms",
                "1502ms",
                BreachSeverity.CRITICAL,
                Instant.now(),
                null);
    }

    @Test
    void page_showsWhatTheRoutesTell_andAsksNobodyElse() throws IOException {
        openFull();

        assertThat(tab.text("h1")).isEqualTo("Invoice Reader 2.4.1");
        assertThat(tab.text("#agent-id")).isEqualTo("urn:asap:agent:invoice-reader");
        assertThat(tab.text("#manifest"))
                .contains("Reads invoices of any layout", "at least 99.5%", "at most 500 ms", "classify");
        assertThat(tab.text("#health")).contains("healthy");
        JsonObject day = level("24h");
        assertThat(tab.text("#tile-24h"))
                .contains((int) day.getDouble("compliance_percent") + " %")
                .contains("p95 " + day.getObject("metrics").getInt("latency_p95_ms") + " ms");
        assertThat(tab.text("#tile-30d")).contains("tasks");
        assertThat(tab.count("figure svg path.line")).isGreaterThanOrEqualTo(2);
        assertThat(tab.text("#latency .axis")).contains("0 ms", "200 ms").contains(":00");
        assertThat(tab.text("#latency .promise-text")).isEqualTo("promised: at most 500 ms");
        assertThat(tab.text("#errors .axis")).contains("0 %");
        assertThat(tab.count(OPEN_ROWS)).isEqualTo(1);
        assertThat(tab.text(OPEN_ROWS)).contains("Availability", "99.5%", "99.0%", " min");
        assertThat(tab.text("#usage-agents")).contains("urn:asap:agent:archivist");
        assertThat(tab.text("#usage-consumers")).contains("urn:asap:agent:accounting");
        assertThat(tab.text("#delegations")).contains("Not switched on");

        String host = agent.server.url().getHost() + ":" + agent.server.port();
        assertThat(tab.requests())
                .filteredOn(url -> !url.startsWith("data:"))
                .isNotEmpty()
                .allMatch(url -> host.equals(URI.create(url).getAuthority()), "is of " + host);
        assertThat(tab.complaints()).isEmpty();
    }

    private JsonObject level(String window) throws IOException {
        try (var response = agent.get("/sla?window=" + window + "&agent_id=" + ConsoleData.AGENT)) {
            return JsonObject.parse(response.body().string())
                    .getArray("data")
                    .get(0)
                    .asObject();
        }
    }

    @Test
    void task_thatWasDone_isSeenAfterARefresh() throws IOException {
        start(ConsoleData.manifest(), builder -> builder.usageRoutes(true));
        open();
        assertThat(tab.text("#usage-agents")).contains("Nothing was used in this time.");

        JsonObject echo = TestAgent.echo(JsonObject.empty());
        JsonObject envelope =
                echo.getObject("params").getObject("envelope").with("recipient", ConsoleData.AGENT.value());
        assertThat(agent.post(echo.with("params", JsonObject.of("envelope", envelope)))
                        .has("result"))
                .isTrue();
        tab.click("#refresh");

        tab.waitForText("#usage-consumers", "urn:asap:agent:caller");
        assertThat(tab.text("#usage-sum")).contains("1 tasks");
        assertThat(tab.text("#breaches")).isEqualTo("Not switched on at this server.");
        assertThat(tab.text("#tile-24h")).isEqualTo("Not switched on at this server.");
        assertThat(tab.text("#latency")).contains("Not switched on at this server.");
    }

    @Test
    void breach_appearsByItself_andSoDoesItsEnd() {
        openFull();
        await().until(() -> agent.server.breaches().subscribers() == 1);

        SLABreach breach = publish(latencyBreach("breach_live"));
        tab.waitForText(OPEN_ROWS, "1502ms");
        assertThat(tab.count(OPEN_ROWS)).isEqualTo(2);
        assertThat(tab.text("#news"))
                .isEqualTo("New breach, critical: p95 latency of " + ConsoleData.OTHER + ", 1502ms instead of 500ms.");

        publish(breach.resolved(Instant.now()));
        tab.waitForText(PAST_ROWS, "1502ms");
        assertThat(tab.count(OPEN_ROWS)).isEqualTo(1);
        assertThat(tab.text("#news")).startsWith("Resolved: p95 latency");
        assertThat(tab.complaints()).isEmpty();
    }

    @Test
    void socketThatBreaksOff_isOpenedAgain_andWhatWasMissedIsThere() {
        openFull();
        int port = agent.server.port();
        agent.server.close();
        tab.waitForText("#live", "not live");

        try (ASAPServer again = ASAPServer.builder(ConsoleData.manifest())
                .port(port)
                .storage(agent.storage)
                .slaRoutes(true)
                .console(true)
                .start()) {
            agent.storage.sla().recordBreach(latencyBreach("breach_missed"));
            tab.waitFor("#live", text -> text.equals("live"));
            tab.waitForText(OPEN_ROWS, "1502ms");
            assertThat(again.breaches().subscribers()).isEqualTo(1);
        }
    }

    @Test
    void windowsAndFilters_chooseWhatIsShown() {
        openFull();
        assertThat(tab.count(PAST_ROWS)).isEqualTo(3);
        String dayOfUsage = tab.text("#usage-sum");

        tab.click("#window-7d");
        tab.waitForText("#usage-sum", "7 days");
        assertThat(tab.text("#usage-sum")).isNotEqualTo(dayOfUsage).contains("20,000 tasks");
        assertThat(tab.count(PAST_ROWS)).isEqualTo(4);
        tab.waitFor("#latency .axis", axis -> !axis.contains(":00"));

        tab.eval("document.querySelector('#window-7d').focus()");
        tab.press("ArrowRight");
        tab.waitForText("#usage-sum", "30 days");

        tab.choose("#severity", "critical");
        assertThat(tab.count(PAST_ROWS)).isEqualTo(2);
        assertThat(tab.text("#breaches")).contains("No breach is open.");
        tab.click("#own");
        assertThat(tab.count(PAST_ROWS)).isEqualTo(1);

        tab.choose("#agent", ConsoleData.OTHER);
        assertThat(tab.text("#tile-24h")).contains("its promises are not known here");
        tab.waitFor("#latency .promise-text", String::isEmpty);
        assertThat(tab.complaints()).isEmpty();
    }

    @Test
    void chart_isReadWithKeys() {
        openFull();

        tab.eval("document.querySelector('#latency svg').focus({ focusVisible: true })");
        tab.press("Home");
        assertThat(tab.text("#latency .readout")).matches("\\d+ \\w+, \\d\\d:\\d\\d · \\d+ ms");
        String first = tab.text("#latency .readout");
        tab.press("ArrowRight");
        assertThat(tab.text("#latency .readout")).isNotEqualTo(first);
    }

    @Test
    void textOfAgents_isTextWhateverItSays() {
        String evil = "<img src=x onerror=\"alert(1)\"><script>alert(2)</script>'\"></svg><b class=evil>";
        start(
                Manifest.builder(ConsoleData.AGENT, evil, "1.0.0", Endpoint.of("http://agent.example/asap"))
                        .description(evil)
                        .capabilities(
                                Capability.builder().skill(Skill.of(evil, evil)).build())
                        .sla(new SLADefinition("99%", 500L, "1%", evil))
                        .build(),
                builder -> builder.usageRoutes(true).slaRoutes(true));
        Instant now = Instant.now();
        for (String id : List.of(evil, ConsoleData.AGENT.value())) {
            agent.storage.sla().recordMetrics(new SLAMetrics(id, now.minusSeconds(600), now, 99, 600, 5, 100, 5));
        }
        SLABreach breach = new SLABreach(
                evil, evil, new BreachType(evil), evil, evil, new BreachSeverity(evil), now.minusSeconds(5), null);
        agent.storage.sla().recordBreach(breach);
        agent.storage.metering().record(UsageEvent.of(evil, evil, evil, UsageMetrics.NONE, now.minusSeconds(5)));
        open();
        tab.waitForText("#live", "live");
        publish(new SLABreach(evil + "2", evil, new BreachType(evil), evil, evil, new BreachSeverity(evil), now, null));
        tab.waitForText("#news", "<img src=x");

        assertThat(tab.text("h1")).contains("<img src=x onerror=\"alert(1)\">");
        for (String place : List.of("#manifest", "#breaches", "#usage-agents", "#usage-consumers")) {
            assertThat(tab.text(place)).as(place).contains("<script>alert(2)</script>");
        }
        assertThat(tab.eval("document.querySelector('#agent').options.length")).isEqualTo("2");
        assertThat(tab.count("img, b.evil, main script, [onerror]")).isZero();
        assertThat(tab.dialogs()).isEmpty();
        assertThat(tab.complaints()).isEmpty();
    }

    @Test
    void operator_signsIn_andBreachesAreAskedFor() throws IOException {
        TestIssuer issuer = new TestIssuer();
        ECKey key = issuer.addEc("ec-1");
        JsonObject claims = TestIssuer.claims().with(TestIssuer.AGENT_CLAIM, ConsoleData.AGENT.value());
        Ed25519PrivateKey delegationKey = Ed25519PrivateKey.generate();
        start(
                ConsoleData.manifest(),
                builder -> builder.usageRoutes(true)
                        .slaRoutes(true)
                        .delegationKeys(delegator -> Optional.of(delegationKey))
                        .oauth2(OAuth2.keys(issuer::keySet).operatorRoutes(true).build()));
        ConsoleData.fill(agent.storage, Instant.now());
        agent.storage
                .delegations()
                .register(IssuedDelegation.of("del_1", "urn:asap:agent:caller", "urn:asap:agent:helper", Instant.now())
                        .withScopes(List.of("*"))
                        .expiringAt(Instant.now().plus(Duration.ofHours(2))));

        tab.open(agent.server.url() + "/asap/console");
        tab.waitForText("h1", "Sign in");
        picture("sign-in.png", false);
        assertThat(tab.eval("document.documentElement.outerHTML")).doesNotContain("invoice");
        signIn("no token");
        tab.waitForText("#problem", "Invalid authentication token");
        signIn(TestIssuer.sign(key, claims));
        tab.waitForText("#problem", "Insufficient scope");
        signIn(TestIssuer.sign(key, claims.with("scope", "asap:admin asap:execute")));

        tab.waitForText("#updated", "updated");
        assertThat(tab.text("h1")).isEqualTo("Invoice Reader 2.4.1");
        assertThat(tab.text("#live")).contains("breaches every 10 s");
        assertThat(tab.text("#delegations")).contains("urn:asap:agent:helper", "del_1");
        assertThat(tab.text("#usage-consumers")).contains("urn:asap:agent:accounting");
        agent.storage.sla().recordBreach(latencyBreach("breach_polled"));
        tab.waitForText(OPEN_ROWS, "1502ms");
        assertThat(tab.eval("document.cookie.length + localStorage.length + sessionStorage.length"))
                .isEqualTo("0");
        // What was refused stands there as such, and nothing else.
        assertThat(tab.complaints()).hasSize(3).allMatch(complaint -> complaint.contains("status of 40"));

        tab.open(agent.server.url() + "/asap/console");
        tab.waitForText("h1", "Sign in");
    }

    private void signIn(String token) {
        tab.eval("document.querySelector('#token').value = ''");
        tab.eval("document.querySelector('#token').focus()");
        tab.type(token);
        tab.click("button");
    }

    @Test
    void page_fitsASmallScreen() {
        openFull();

        tab.resize(360, 740);
        await().untilAsserted(() ->
                assertThat(tab.eval("document.documentElement.scrollWidth")).isEqualTo("360"));
    }

    /** The pictures of the guide, and for one's own eyes. */
    @Test
    @EnabledIfSystemProperty(named = PICTURES, matches = ".+")
    void pictures_areTaken() throws IOException {
        openFull();
        publish(latencyBreach("breach_live"));
        tab.waitForText(OPEN_ROWS, "1502ms");
        // Let it stop to glow.
        tab.eval("Promise.all(document.getAnimations().map(animation => animation.finished))");

        picture("console.png", false);
        picture("console-whole.png", true);
        tab.dark(true);
        picture("console-dark.png", false);
        tab.resize(390, 844);
        await().until(() -> tab.eval("document.documentElement.scrollWidth").equals("390"));
        picture("console-small.png", true);
    }

    private void picture(String name, boolean whole) throws IOException {
        String folder = System.getProperty(PICTURES);
        if (folder != null) {
            Files.write(Path.of(folder, name), tab.screenshot(whole));
        }
    }
}
