// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** What the agent said last in the headers of its answers: the version of the protocol, and where to register. Thread-safe. */
final class PeerSignals implements Interceptor {
    private static final String VERSION_HEADER = "ASAP-Version";
    private static final int MAX_VERSION_LENGTH = 64;

    private final HttpUrl agent;
    private final Consumer<HttpUrl> onChallenge;
    private volatile @Nullable String version;
    private volatile @Nullable HttpUrl challenge;

    /**
     * Listens to the answers of one agent.
     *
     * @param onChallenge is told of each challenge, and must not block
     */
    PeerSignals(PeerAddress agent, Consumer<HttpUrl> onChallenge) {
        this.agent = agent.url();
        this.onChallenge = onChallenge;
    }

    Optional<String> version() {
        return Optional.ofNullable(version);
    }

    Optional<String> challenge() {
        return Optional.ofNullable(challenge).map(HttpUrl::toString);
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        HttpUrl url = chain.request().url();
        if (url.host().equals(agent.host()) && url.port() == agent.port()) {
            note(response);
        }
        return response;
    }

    private void note(Response response) {
        String said = response.header(VERSION_HEADER);
        // Nearly every answer says the same: only what is new is written, which other processors would have to notice.
        if (said != null && said.length() <= MAX_VERSION_LENGTH && !said.equals(version)) {
            version = said;
        }
        HttpUrl named = ASAPChallenge.of(response);
        if (named != null) {
            challenge = named;
            onChallenge.accept(named);
        }
    }
}
