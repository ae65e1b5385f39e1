// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTargetTest {
    @ParameterizedTest
    @CsvSource({
        "https://agent.example/asap, https://agent.example/asap, agent.example, 443",
        "http://localhost:8080/a/asap, http://localhost:8080/a/asap, localhost, 8080",
        "https://user:***@agent.example/asap?…, https://agent.example/asap, agent.example, 443",
        "https://agent.example/manifest.json?key=s3cret#part, https://agent.example/manifest.json, agent.example, 443",
        "'http://[::1]:9/asap', 'http://[::1]:9/asap', ::1, 9",
    })
    void address_ofHttp_isTakenApartWithoutWhatMayBeSecret(String address, String url, String host, int port) {
        assertThat(CallTarget.of(address)).isEqualTo(new CallTarget(url, host, port));
    }

    @Test
    void address_ofAnotherKind_staysWhole() {
        assertThat(CallTarget.of("queue:agents")).isEqualTo(new CallTarget("queue:agents", "other", 0));
    }
}
