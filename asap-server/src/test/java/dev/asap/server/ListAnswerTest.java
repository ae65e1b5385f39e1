// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageException;
import dev.asap.storage.StorageSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Of a list of whole numbers, 0 to 2,499. */
class ListAnswerTest {
    private static final int SIZE = 2_500;
    private static final ListPart ALL = new ListPart(null, 0, null);

    private final List<PageRequest> read = new ArrayList<>();
    private final ListAnswer<Long> answer =
            new ListAnswer<>(this::page, number -> number.toString().getBytes(UTF_8));

    private Page<Long> page(PageRequest request) {
        read.add(request);
        Cursor cursor = request.cursor();
        long from = cursor == null ? request.offset() : Long.parseLong(cursor.key());
        long to = Math.min(SIZE, from + request.limit());
        return new Page<>(
                LongStream.range(from, to).boxed().toList(),
                SIZE,
                to == SIZE ? null : Cursor.afterKey(Long.toString(to)));
    }

    private static String text(HttpResponse response) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BodyWriter writer = response.writer();
        if (writer == null) {
            return new String(response.body(), UTF_8);
        }
        writer.writeTo(out);
        return out.toString(UTF_8);
    }

    @Test
    void wholeList_isReadWhileItIsSent() throws IOException {
        HttpResponse response = answer.array(ALL);
        assertThat(read).containsExactly(PageRequest.first(1000));

        assertThat(text(response)).startsWith("[0,1,2,").endsWith(",2498,2499]");
        assertThat(read).hasSize(3).allMatch(request -> request.limit() == 1000);
    }

    @Test
    void page_isRead_andNothingElse() throws IOException {
        HttpResponse response = answer.object("numbers", new ListPart(3, 5, null));

        assertThat(response.writer()).isNull();
        assertThat(text(response))
                .isEqualTo("{\"numbers\":[5,6,7],\"count\":3,\"total\":2500,\"offset\":5,\"limit\":3,\"next_cursor\":\""
                        + Cursor.afterKey("8").value() + "\"}");
        assertThat(read).containsExactly(PageRequest.of(3, 5));
    }

    @Test
    void file_readsNoMoreThanItHolds() throws IOException {
        assertThat(text(answer.jsonFile("numbers.json", 1_001))).endsWith(",999,1000]}");
        assertThat(read).extracting(PageRequest::limit).containsExactly(1000, 1);
    }

    @Test
    void failureOfALaterPage_breaksTheAnswerOff() {
        assertThatThrownBy(() -> statusWithAFailureBehindTheFirstPage("1".repeat(100)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void failureBeforeAnythingWasSent_isAnswered() throws IOException {
        assertThat(statusWithAFailureBehindTheFirstPage("1")).isEqualTo(500);
    }

    private int statusWithAFailureBehindTheFirstPage(String item) throws IOException {
        ListAnswer<Long> failing = new ListAnswer<>(
                request -> {
                    if (request.cursor() != null) {
                        throw new StorageException("the medium is gone", false, null);
                    }
                    return page(request);
                },
                number -> item.getBytes(UTF_8));
        return statusOf(failing);
    }

    @Test
    void failureOfTheFirstPage_isAnswered() throws IOException {
        ListAnswer<Long> failing = new ListAnswer<>(
                request -> {
                    throw new StorageException("the medium is gone", false, null);
                },
                number -> new byte[0]);
        assertThat(statusOf(failing)).isEqualTo(500);
    }

    private static int statusOf(ListAnswer<Long> list) throws IOException {
        RouteGroup numbers = () -> List.of(Route.get("/numbers", request -> list.array(ALL)));
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                RestAgent agent = RestAgent.start(storage, builder -> builder.routes(numbers))) {
            return agent.get("/numbers").status();
        }
    }
}
