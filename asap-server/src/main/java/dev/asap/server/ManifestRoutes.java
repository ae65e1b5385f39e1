// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.ManifestSigner;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.Manifest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /.well-known/asap/manifest.json}: who the agent is, with an ETag to ask again cheaply. */
final class ManifestRoutes implements RouteGroup {
    static final String PATH = "/.well-known/asap/manifest.json";

    private final byte[] body;
    private final String etag;

    /**
     * The routes to a manifest.
     *
     * @param signer what signs it, or null to publish it as it is
     */
    ManifestRoutes(Manifest manifest, @Nullable ManifestSigner signer) {
        JsonObject json = ASAPCodec.strict().toJson(signer == null ? manifest : signer.sign(manifest), WireForm.FULL);
        body = json.toBytes();
        etag = ManifestEtag.of(json);
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get(PATH, this::manifest));
    }

    private HttpResponse manifest(HttpRequest request) {
        HttpResponse response =
                isKnown(request.header("If-None-Match")) ? HttpResponse.empty(304) : HttpResponse.json(200, body);
        return response.withHeader("ETag", etag).withHeader("Cache-Control", "public, max-age=300");
    }

    /** Tags are compared as they are: neither weak tags nor {@code *} match. */
    private boolean isKnown(@Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String tag : ifNoneMatch.split(",", -1)) {
            if (tag.strip().equals(etag)) {
                return true;
            }
        }
        return false;
    }
}
