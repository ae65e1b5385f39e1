// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import dev.asap.json.JsonObject;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the page of the console, and how it is protected; what it shows is in {@link ConsoleTest}. */
class ConsoleRoutesTest {
    private static final String PATH = "/asap/console";
    private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";
    private static final Pattern IMPORT = Pattern.compile("from '\\./([a-z]+\\.js)'");

    private final SettableClock clock = SettableClock.at(Instant.parse("2026-03-04T05:06:07Z"));
    private final TestIssuer issuer = new TestIssuer();
    private final ECKey key = issuer.addEc("ec-1");
    private @Nullable TestAgent agent;

    @AfterEach
    void close() {
        if (agent != null) {
            agent.close();
        }
    }

    private void startOpen() {
        agent = TestAgent.start(builder -> builder.console(true));
    }

    private void startGuarded(boolean operatorRoutes) {
        agent = TestAgent.start(builder -> builder.console(true)
                .clock(clock)
                .slaRoutes(true)
                .oauth2(OAuth2.keys(issuer::keySet)
                        .operatorRoutes(operatorRoutes)
                        .requiredScope("asap:execute")
                        .build()));
    }

    private String token(String scopes) {
        return "Bearer " + TestIssuer.sign(key, TestIssuer.claims().with("scope", scopes));
    }

    private Response get(String path, String... headers) throws IOException {
        return agent.exchange("GET", path, (JsonObject) null, headers);
    }

    private int status(String path, String... headers) throws IOException {
        try (Response response = get(path, headers)) {
            return response.code();
        }
    }

    private String body(String path, String... headers) throws IOException {
        try (Response response = get(path, headers)) {
            assertThat(response.code()).as(path).isEqualTo(200);
            return response.body().string();
        }
    }

    /** Where a page has its files. */
    private static String place(String page) {
        Matcher matcher = Pattern.compile("src=\"([^\"]+)/main\\.js\"").matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static void assertProtected(Response response) {
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(response.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(response.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(response.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(response.header("Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self'")
                .contains("; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';")
                .contains("frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types ")
                .doesNotContain("unsafe");
    }

    @Test
    void console_isOffUnlessSwitchedOn() throws IOException {
        agent = TestAgent.start();

        assertThat(status(PATH)).isEqualTo(404);
        assertThat(status(PATH + "/main.js")).isEqualTo(404);
    }

    @Test
    void page_isProtected_andHoldsNothingOfTheAgent() throws IOException {
        startOpen();

        try (Response response = get(PATH)) {
            assertThat(response.code()).isEqualTo(200);
            assertThat(response.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertProtected(response);
            assertThat(response.header("Content-Security-Policy"))
                    .contains("script-src 'self'; style-src 'self';")
                    .endsWith("; require-trusted-types-for 'script'; trusted-types 'none'");
            String html = response.body().string();
            assertThat(html)
                    .doesNotContain(TestAgent.URN.value())
                    .doesNotContain("Under test")
                    .doesNotContain("{files}")
                    .doesNotContainPattern("<script>|<style|\\son[a-z]+=|style=");
            assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("//");
            assertThat(place(html)).isEqualTo(PATH);
        }
    }

    @Test
    void files_areAllThere_andAreAskedForAgainCheaply() throws IOException {
        startOpen();
        Set<String> known = new HashSet<>(Set.of("main.js", "console.css"));
        Deque<String> open = new ArrayDeque<>(known);
        while (!open.isEmpty()) {
            String name = open.pop();
            try (Response response = get(PATH + "/" + name)) {
                assertThat(response.code()).as(name).isEqualTo(200);
                assertThat(response.header("Content-Type"))
                        .isEqualTo(name.endsWith(".js") ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8");
                assertThat(response.header("Cache-Control")).isEqualTo("private, no-cache");
                assertProtected(response);
                String etag = response.header("ETag");
                assertThat(status(PATH + "/" + name, "If-None-Match", etag)).isEqualTo(304);
                assertThat(status(PATH + "/" + name, "If-None-Match", "\"x\"")).isEqualTo(200);
                Matcher imports = IMPORT.matcher(response.body().string());
                while (imports.find()) {
                    if (known.add(imports.group(1))) {
                        open.add(imports.group(1));
                    }
                }
            }
        }
        assertThat(known).hasSize(12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nothing.js", "/page.html", "/sign-in.html", "/ConsoleGate.class", "/x/main.js", "/..%2fx"})
    void otherFiles_areNotThere(String path) throws IOException {
        startOpen();

        assertThat(status(PATH + path)).isIn(400, 404);
    }

    @Test
    void otherMethods_areNotAllowed_andASlashIsTakenAway() throws IOException {
        startOpen();

        try (Response response = agent.exchange("POST", PATH, JsonObject.empty())) {
            assertThat(response.code()).isEqualTo(405);
            assertThat(response.header("Allow")).isEqualTo("GET");
        }
        try (Response response = get(PATH + "/")) {
            assertThat(response.code()).isEqualTo(307);
            assertThat(response.header("Location")).isEqualTo(PATH);
        }
        assertThat(status("/asap/consoles")).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/main.js", "/console.css", "/nothing.js", "/1772600967.AAAAAAAAAAAAAAAAAAAAAA/main.js"})
    void everything_isRefusedWithoutAToken(String path) throws IOException {
        startGuarded(true);

        try (Response response = get(PATH + path)) {
            assertThat(response.code()).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(response.body().string()).isEqualTo("{\"detail\":\"Authentication required\"}");
        }
        assertThat(status(PATH + path, "Authorization", "Bearer x.y.z")).isEqualTo(401);
    }

    @Test
    void browserWithoutAToken_getsAFormWithTheRefusal() throws Exception {
        startGuarded(true);

        try (Response response = get(PATH, "Accept", BROWSER)) {
            assertThat(response.code()).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(response.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertProtected(response);
            String html = response.body().string();
            assertThat(html)
                    .doesNotContain(TestAgent.URN.value())
                    .doesNotContain("Under test")
                    .doesNotContain(PATH);
            String script = html.substring(html.indexOf("<script>") + 8, html.indexOf("</script>"));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));
            assertThat(response.header("Content-Security-Policy"))
                    .contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
        }
        assertThat(status(PATH + "/main.js", "Accept", BROWSER)).isEqualTo(401);
    }

    @Test
    void page_isForOperatorsAlone_whereTheirRoutesAre() throws IOException {
        startGuarded(true);

        try (Response response = get(PATH, "Accept", BROWSER, "Authorization", token("asap:execute"))) {
            assertThat(response.code()).isEqualTo(403);
            assertThat(response.body().string()).isEqualTo("{\"detail\":\"Insufficient scope\"}");
        }
        assertThat(status(PATH, "Authorization", token("asap:admin"))).isEqualTo(200);
    }

    @Test
    void page_isForAllCallers_whereNothingIsForOperators() throws IOException {
        startGuarded(false);

        assertThat(status(PATH)).isEqualTo(401);
        assertThat(status(PATH, "Authorization", token("asap:admin"))).isEqualTo(403);
        assertThat(status(PATH, "Authorization", token("asap:execute"))).isEqualTo(200);
    }

    @Test
    void files_openToWhoWasGivenThePage_forFiveMinutes() throws IOException {
        startGuarded(true);
        String place = place(body(PATH, "Authorization", token("asap:admin")));

        assertThat(body(place + "/main.js")).contains("import { start }");
        assertThat(body(place + "/console.css")).contains(":root");
        assertThat(status(place + "/nothing.js")).isEqualTo(404);
        assertThat(status(PATH)).isEqualTo(401);
        assertThat(status(place)).isEqualTo(401);
        assertThat(status("/sla")).isEqualTo(401);
        assertThat(status("/asap/metrics")).isEqualTo(401);
        String other = place.substring(0, place.length() - 1) + (place.endsWith("A") ? "B" : "A");
        assertThat(status(other + "/main.js")).isEqualTo(401);

        clock.advance(ConsolePass.LIFETIME);
        assertThat(status(place + "/main.js")).isEqualTo(401);
        assertThat(status(place + "/main.js", "Authorization", token("asap:admin")))
                .isEqualTo(200);
    }
}
