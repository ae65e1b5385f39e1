// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The browser Chromium without a window, driven by its DevTools protocol. Where there is none the test is skipped, unless {@code
 * ASAP_REQUIRE_CHROMIUM=true} (environment or system property) says that it must be there.
 */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path folder;
    private final OkHttpClient http = new OkHttpClient();
    private final Tab browser;
    private final int port;

    private Chromium(Path program) throws IOException {
        folder = Files.createTempDirectory("asap-chromium");
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        // The sandbox does not start as root, and the pages are ours.
                        "--no-sandbox",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder,
                        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path announced = folder.resolve("DevToolsActivePort");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(announced) && lines(announced).size() == 2);
        port = Integer.parseInt(lines(announced).get(0));
        browser = new Tab(lines(announced).get(1));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it; skips the test where it is not installed. */
    static Chromium start() throws IOException {
        Path program = find();
        if (program == null) {
            String message =
                    "no Chromium on the PATH (" + String.join(", ", NAMES) + "); install it to test the console";
            assertThat(isRequired()).as(message).isFalse();
            Assumptions.abort(message);
        }
        return new Chromium(program);
    }

    private static boolean isRequired() {
        String name = "ASAP_REQUIRE_CHROMIUM";
        return Boolean.parseBoolean(System.getProperty(name, System.getenv(name)));
    }

    private static @Nullable Path find() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator, -1))
                .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** An empty page in front of a reader who has a screen of 1280 by 900. */
    Tab newTab() {
        String id = browser.call("Target.createTarget", "url", "about:blank").getString("targetId");
        Tab tab = new Tab("/devtools/page/" + id);
        List.of("Page", "Runtime", "Log", "Network").forEach(domain -> tab.call(domain + ".enable"));
        tab.resize(1280, 900);
        return tab;
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> children = process.descendants().toList();
        try {
            browser.call("Browser.close");
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            browser.close();
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
        // Its last processes may still write while they end.
        await().atMost(PATIENCE).ignoreExceptions().until(this::removeFolder);
    }

    private boolean removeFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
        return Files.notExists(folder);
    }

    /** One page, with what happened to it. */
    final class Tab extends WebSocketListener implements AutoCloseable {
        private final AtomicInteger ids = new AtomicInteger();
        private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
        private final List<JsonObject> events = new CopyOnWriteArrayList<>();
        private final WebSocket socket;

        private Tab(String path) {
            socket = http.newWebSocket(
                    new Request.Builder().url("http://127.0.0.1:" + port + path).build(), this);
        }

        @Override
        public void onMessage(WebSocket webSocket, String text) {
            JsonObject message = JsonObject.parse(text);
            if (message.has("id")) {
                CompletableFuture<JsonObject> call = calls.remove(message.getInt("id"));
                if (call != null) {
                    call.complete(message);
                }
            } else {
                events.add(message);
            }
        }

        @Override
        public void onFailure(WebSocket webSocket, Throwable t, @Nullable Response response) {
            calls.values().forEach(call -> call.completeExceptionally(t));
        }

        JsonObject call(String method, Object... namesAndValues) {
            int id = ids.incrementAndGet();
            CompletableFuture<JsonObject> answer = new CompletableFuture<>();
            calls.put(id, answer);
            socket.send(JsonObject.of("id", id, "method", method, "params", JsonObject.of(namesAndValues))
                    .toString());
            JsonObject message =
                    answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            assertThat(message.has("error")).as("%s: %s", method, message).isFalse();
            return message.getObject("result");
        }

        void open(String url) {
            call("Page.navigate", "url", url);
        }

        void resize(int width, int height) {
            call(
                    "Emulation.setDeviceMetricsOverride",
                    "width",
                    width,
                    "height",
                    height,
                    "deviceScaleFactor",
                    1,
                    "mobile",
                    false);
        }

        void dark(boolean dark) {
            JsonObject feature = JsonObject.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
            call("Emulation.setEmulatedMedia", "features", List.of(feature));
        }

        /** What an expression gives, as text. */
        String eval(String expression) {
            JsonObject answer = call(
                    "Runtime.evaluate",
                    "expression",
                    "Promise.resolve(" + expression + ").then(String)",
                    "awaitPromise",
                    true,
                    "returnByValue",
                    true);
            assertThat(answer.has("exceptionDetails"))
                    .as("%s: %s", expression, answer)
                    .isFalse();
            return answer.getObject("result").getString("value");
        }

        /** What can be read in the elements; empty where there are none. */
        String text(String selector) {
            return eval("[...document.querySelectorAll(`" + selector
                    + "`)].map(e => e.innerText ?? e.textContent).join('\\n')");
        }

        int count(String selector) {
            return Integer.parseInt(eval("document.querySelectorAll(`" + selector + "`).length"));
        }

        void click(String selector) {
            eval("document.querySelector(`" + selector + "`).click()");
        }

        void choose(String selector, String value) {
            eval("(e => { e.value = `" + value + "`; e.dispatchEvent(new Event('change')); })(document.querySelector(`"
                    + selector + "`))");
        }

        void press(String key) {
            call(
                    "Input.dispatchKeyEvent",
                    "type",
                    "keyDown",
                    "key",
                    key,
                    "code",
                    key,
                    "windowsVirtualKeyCode",
                    code(key));
            call(
                    "Input.dispatchKeyEvent",
                    "type",
                    "keyUp",
                    "key",
                    key,
                    "code",
                    key,
                    "windowsVirtualKeyCode",
                    code(key));
        }

        private static int code(String key) {
            return Map.of("ArrowLeft", 37, "ArrowRight", 39, "Tab", 9, "Home", 36)
                    .get(key);
        }

        void type(String text) {
            call("Input.insertText", "text", text);
        }

        void waitFor(String selector, Predicate<String> reads) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(text(selector)).as(selector).matches(reads));
        }

        void waitForText(String selector, String part) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(text(selector)).as(selector).contains(part));
        }

        /** What a developer would see in red: failures, exceptions, violations of the policy, requests that were refused. */
        List<String> complaints() {
            List<String> found = new ArrayList<>();
            for (JsonObject event : events) {
                JsonObject params = event.getObject("params");
                switch (event.getString("method")) {
                    case "Runtime.exceptionThrown" -> found.add(params.toString());
                    case "Runtime.consoleAPICalled" -> {
                        if (!params.getString("type").equals("log")) {
                            found.add(params.toString());
                        }
                    }
                    case "Log.entryAdded" ->
                        found.add(params.getObject("entry").getString("text") + " "
                                + params.getObject("entry").getString("url", ""));
                    default -> {}
                }
            }
            return found;
        }

        List<String> dialogs() {
            return events.stream()
                    .filter(event -> event.getString("method").equals("Page.javascriptDialogOpening"))
                    .map(JsonValue::toString)
                    .toList();
        }

        /** The addresses that were asked for, sockets too. */
        List<String> requests() {
            List<String> urls = new ArrayList<>();
            for (JsonObject event : events) {
                JsonObject params = event.getObject("params");
                if (event.getString("method").equals("Network.requestWillBeSent")) {
                    urls.add(params.getObject("request").getString("url"));
                } else if (event.getString("method").equals("Network.webSocketCreated")) {
                    urls.add(params.getString("url"));
                }
            }
            return urls;
        }

        byte[] screenshot(boolean whole) {
            JsonObject answer = call("Page.captureScreenshot", "format", "png", "captureBeyondViewport", whole);
            return Base64.getDecoder().decode(answer.getString("data"));
        }

        @Override
        public void close() {
            socket.send(JsonObject.of("id", 0, "method", "Page.close").toString());
            socket.close(1000, null);
        }
    }
}
