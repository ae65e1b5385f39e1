// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.testkit.ReceivedRequest.Header;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackTest {
    private final Hpack hpack = new Hpack();

    private List<Header> read(String hex) throws ProtocolException {
        return hpack.read(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    /** The examples of RFC 7541, C.4: three requests on one connection, Huffman codes, and entries to remember. */
    @Test
    void read_requestsOfTheStandard_remembersFromOneToTheNext() throws Exception {
        assertThat(read("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .containsExactly(
                        new Header(":method", "GET"),
                        new Header(":scheme", "http"),
                        new Header(":path", "/"),
                        new Header(":authority", "www.example.com"));
        assertThat(read("8286 84be 5886 a8eb 1064 9cbf"))
                .contains(new Header(":authority", "www.example.com"), new Header("cache-control", "no-cache"));
        assertThat(read("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .contains(
                        new Header(":path", "/index.html"),
                        new Header(":authority", "www.example.com"),
                        new Header("custom-key", "custom-value"));
    }

    /** A header of the example C.6. */
    @Test
    void read_dateOfTheStandard_isDecoded() throws Exception {
        assertThat(read("6196 d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff"))
                .containsExactly(new Header("date", "Mon, 21 Oct 2013 20:13:21 GMT"));
    }

    @Test
    void read_withoutATable_remembersNothing() throws Exception {
        assertThat(read("20 4001 6101 62")).containsExactly(new Header("a", "b"));
        assertThatThrownBy(() -> read("be"))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("there is no header 62");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "be", "00", "0001", "000161", "0005 6162", "7f ffff ffff 0f", "0084 ffff ffff"})
    void read_whatIsNoBlock_isRefused(String hex) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void write_isReadBack() throws Exception {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        Hpack.write(block, "x", "");
        Hpack.write(block, "long", "v".repeat(127));
        Hpack.write(block, "longer", "v".repeat(10_000));
        assertThat(hpack.read(block.toByteArray()))
                .containsExactly(
                        new Header("x", ""),
                        new Header("long", "v".repeat(127)),
                        new Header("longer", "v".repeat(10_000)));
    }
}
