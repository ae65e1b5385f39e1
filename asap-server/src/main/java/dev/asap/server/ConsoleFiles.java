// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The page of the console and what belongs to it, the same for every agent: it holds no data. Immutable and thread-safe. */
final class ConsoleFiles {
    private static final List<String> SCRIPTS = List.of(
            "api.js",
            "breaches.js",
            "chart.js",
            "console.js",
            "dom.js",
            "format.js",
            "levels.js",
            "live.js",
            "main.js",
            "manifest.js",
            "usage.js");
    private static final String STYLES = "console.css";

    private static final String HTML = "text/html; charset=utf-8";

    /** Where the page names its own files. */
    private static final String PLACE = "{files}";

    /** Text that agents sent could not become markup even if the scripts tried: trusted types leave no way in for it. */
    private static final String POLICY = "default-src 'none'; script-src %s; style-src %s; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types %s";

    private static final String PAGE_POLICY = POLICY.formatted("'self'", "'self'", "'none'");

    /** A file as it is given, and what is answered to who has it already. */
    private record Asset(String etag, HttpResponse whole, HttpResponse unchanged) {}

    private final String page;
    private final byte[] signIn;
    private final String signInPolicy;
    private final Map<String, Asset> assets = new HashMap<>();

    ConsoleFiles() {
        page = text("page.html");
        String form = text("sign-in.html");
        signIn = form.getBytes(StandardCharsets.UTF_8);
        signInPolicy = POLICY.formatted("'self' " + source(form, "script"), "'self' " + source(form, "style"), "page");
        SCRIPTS.forEach(name -> add(name, "text/javascript; charset=utf-8"));
        add(STYLES, "text/css; charset=utf-8");
    }

    private void add(String name, String type) {
        byte[] content = read(name);
        String etag = '"' + HexFormat.of().formatHex(sha256(content)) + '"';
        assets.put(
                name,
                new Asset(
                        etag,
                        validated(HttpResponse.of(200, type, content), etag),
                        validated(HttpResponse.empty(304), etag)));
    }

    /** A browser keeps it, and asks each time whether it is still the same. */
    private static HttpResponse validated(HttpResponse answer, String etag) {
        return secured(answer.withHeader("ETag", etag).withHeader("Cache-Control", "private, no-cache"), PAGE_POLICY);
    }

    /** The page, whose files are at this path. */
    HttpResponse page(String files) {
        byte[] body = page.replace(PLACE, files).getBytes(StandardCharsets.UTF_8);
        return secured(HttpResponse.of(200, HTML, body).withHeader("Cache-Control", "no-store"), PAGE_POLICY);
    }

    /** The form to hand in a token with, as the body of a refusal: it says nothing of the agent. */
    HttpResponse signIn(int status) {
        return secured(HttpResponse.of(status, HTML, signIn).withHeader("Cache-Control", "no-store"), signInPolicy);
    }

    /** A script or the styles. */
    HttpResponse asset(String name, HttpRequest request) {
        Asset asset = assets.get(name);
        if (asset == null) {
            return HttpResponse.detail(404, "Not Found");
        }
        return asset.etag().equals(request.header("If-None-Match")) ? asset.unchanged() : asset.whole();
    }

    private static HttpResponse secured(HttpResponse answer, String policy) {
        return answer.withHeader("Content-Security-Policy", policy)
                .withHeader("X-Content-Type-Options", "nosniff")
                .withHeader("X-Frame-Options", "DENY")
                .withHeader("Referrer-Policy", "no-referrer")
                .withHeader("Cross-Origin-Opener-Policy", "same-origin")
                .withHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    /** What stands in the only element with this tag, as the policy names it. */
    private static String source(String html, String tag) {
        String opening = "<" + tag + ">";
        int begin = html.indexOf(opening) + opening.length();
        byte[] content =
                html.substring(begin, html.indexOf("</" + tag + ">", begin)).getBytes(StandardCharsets.UTF_8);
        return "'sha256-" + Base64.getEncoder().encodeToString(sha256(content)) + "'";
    }

    private static String text(String name) {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    private static byte[] read(String name) {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream("console/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the server's jar has no console/" + name + "; use one that is whole");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read console/" + name + " of the server's jar", e);
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
