// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.server.http.Router;
import java.io.IOException;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Routes of an application's own: parameters in paths, bodies that are written piece by piece. */
class RouteGroupTest {
    private final OkHttpClient http = new OkHttpClient();

    private static final HttpHandler PATH_AND_ID = request -> HttpResponse.of(
            200, "text/plain", (request.pathParameter("id") + " from " + request.remoteAddress()).getBytes(UTF_8));

    private final RouteGroup routes = () -> List.of(
            Route.get("/things/{id}", PATH_AND_ID),
            Route.get("/things/known", request -> HttpResponse.of(200, "text/plain", "known".getBytes(UTF_8))),
            Route.get(
                    "/things/{id}/parts/{part}",
                    request -> HttpResponse.of(
                            200, "text/plain", request.pathParameter("part").getBytes(UTF_8))),
            Route.get("/unnamed/{id}", request -> HttpResponse.detail(200, request.pathParameter("other"))),
            Route.get(
                    "/lines",
                    request -> HttpResponse.streamed(200, "text/plain", out -> {
                        for (int i = 0; i < 1000; i++) {
                            out.write(("line " + i + "\n").getBytes(UTF_8));
                        }
                    })),
            Route.get(
                    "/broken",
                    request -> HttpResponse.streamed(200, "text/plain", out -> {
                        out.write("begin".getBytes(UTF_8));
                        throw new IOException("the source broke off");
                    })));

    private final ASAPServer server =
            ASAPServer.builder(TestAgent.manifest()).routes(routes).start();

    @AfterEach
    void close() {
        server.close();
        http.connectionPool().evictAll();
    }

    @Test
    void pathParameter_isTheSegment() throws IOException {
        assertThat(get("/things/a%20b")).isEqualTo("200 a b from 127.0.0.1");
        assertThat(get("/things/1/parts/2")).isEqualTo("200 2");
    }

    @Test
    void exactPath_goesFirst() throws IOException {
        assertThat(get("/things/known")).isEqualTo("200 known");
    }

    @Test
    void otherPaths_areNotFound() throws IOException {
        assertThat(get("/things")).startsWith("404");
        assertThat(get("/things/1/parts")).startsWith("404");
        assertThat(get("/things/1/2/3/4")).startsWith("404");
    }

    @Test
    void parameterThatTheRouteDoesNotName_isTheApplicationsMistake() throws IOException {
        assertThat(get("/unnamed/1")).startsWith("500");
    }

    @Test
    void streamedBody_arrivesWhole() throws IOException {
        assertThat(get("/lines").lines()).hasSize(1000).last().isEqualTo("line 999");
    }

    @Test
    void streamedBodyThatBreaksOff_isNoWholeAnswer() {
        assertThatThrownBy(() -> get("/broken")).isInstanceOf(IOException.class);
    }

    @Test
    void twoRoutesForTheSame_areRefused() {
        RouteGroup same = () -> List.of(Route.get("/things/{id}", PATH_AND_ID));
        assertThatThrownBy(() -> new Router(List.of(routes, same)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two routes for GET /things/{id}");
    }

    private String get(String path) throws IOException {
        try (Response response = http.newCall(
                        new Request.Builder().url(server.url() + path).build())
                .execute()) {
            return response.code() + " " + response.body().string();
        }
    }
}
