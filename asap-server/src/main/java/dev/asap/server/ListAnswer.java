// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.asap.json.JsonObject;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpResponse;
import dev.asap.validation.Violation;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;

/**
 * Answers with a list: with a page of it where the request has a limit, else with all of it. However long the list is, one page of it
 * is in memory: it is read while it is sent. The first page is read before anything is sent, so that a failure can still be answered.
 *
 * @param <T> what the list holds
 */
final class ListAnswer<T> {
    private static final String JSON = "application/json";
    private static final int BUFFER = 16 * 1024;

    /** Writes one item. */
    @FunctionalInterface
    interface ItemWriter<T> {
        void write(T item) throws IOException;
    }

    private final Function<PageRequest, Page<T>> list;
    private final Function<T, byte[]> json;

    /**
     * An answer from a list.
     *
     * @param list gives its pages
     * @param json gives the JSON of an item
     */
    ListAnswer(Function<PageRequest, Page<T>> list, Function<T, byte[]> json) {
        this.list = list;
        this.json = json;
    }

    /** An object with the items in a member, their count, and where in the list they stand. */
    HttpResponse object(String member, ListPart part) {
        Page<T> first = first(part);
        return answer(part, out -> {
            write(out, "{\"" + member + "\":");
            long count = writeArray(out, first, part);
            write(out, "," + position(part, first, count).substring(1));
        });
    }

    /** The items as an array; headers say how many there are at all, and where the next page begins. */
    HttpResponse array(ListPart part) {
        Page<T> first = first(part);
        HttpResponse answer = answer(part, out -> writeArray(out, first, part))
                .withHeader("X-Total-Count", Long.toString(first.total()));
        Cursor next = part.limit() == null ? null : first.nextCursor();
        return next == null ? answer : answer.withHeader("X-Next-Cursor", next.value());
    }

    /** A file to be saved: a JSON object with the first items in {@code data}. */
    HttpResponse jsonFile(String name, int limit) {
        ListPart part = new ListPart(null, 0, null);
        Page<T> first = list.apply(PageRequest.first(Math.min(limit, PageRequest.MAX_LIMIT)));
        return file(name, answer(part, out -> {
            write(out, "{\"data\":[");
            writeItems(out, first, limit);
            write(out, "]}");
        }));
    }

    /** A file to be saved: a line of titles, then a line for each of the first items. */
    HttpResponse csvFile(String name, int limit, List<String> titles, Function<T, List<String>> fields) {
        Page<T> first = list.apply(PageRequest.first(Math.min(limit, PageRequest.MAX_LIMIT)));
        return file(name, streamed("text/csv; charset=utf-8", out -> {
            write(out, CsvLine.of(titles));
            forEach(first, limit, item -> write(out, CsvLine.of(fields.apply(item))));
        }));
    }

    private static HttpResponse file(String name, HttpResponse answer) {
        return answer.withHeader("Content-Disposition", "attachment; filename=" + name);
    }

    private Page<T> first(ListPart part) {
        try {
            Page<T> page = list.apply(part.firstPage());
            return Integer.valueOf(0).equals(part.limit()) ? new Page<>(List.of(), page.total(), null) : page;
        } catch (IllegalArgumentException e) {
            if (part.cursor() == null) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            throw new RequestMistakes("query")
                    .add(new Violation(Violation.VALUE_ERROR, List.of(ListPart.CURSOR), message))
                    .refusal();
        }
    }

    private static HttpResponse answer(ListPart part, BodyWriter writer) {
        if (part.limit() == null) {
            return streamed(JSON, writer);
        }
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            writer.writeTo(body);
            return HttpResponse.json(200, body.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    private static HttpResponse streamed(String contentType, BodyWriter writer) {
        return HttpResponse.streamed(200, contentType, out -> {
            OutputStream buffered = new BufferedOutputStream(out, BUFFER);
            writer.writeTo(buffered);
            buffered.flush();
        });
    }

    private long writeArray(OutputStream out, Page<T> first, ListPart part) throws IOException {
        out.write('[');
        long count = writeItems(out, first, part.limit() == null ? Long.MAX_VALUE : part.limit());
        out.write(']');
        return count;
    }

    private long writeItems(OutputStream out, Page<T> first, long most) throws IOException {
        boolean[] started = new boolean[1];
        return forEach(first, most, item -> {
            if (started[0]) {
                out.write(',');
            }
            started[0] = true;
            out.write(json.apply(item));
        });
    }

    /** Goes through the list from its first page on, and tells how many items it met. */
    private long forEach(Page<T> first, long most, ItemWriter<T> writer) throws IOException {
        long count = 0;
        Page<T> page = first;
        while (true) {
            for (T item : page.items()) {
                writer.write(item);
                count++;
            }
            Cursor next = page.nextCursor();
            if (next == null || count >= most) {
                return count;
            }
            page = list.apply(PageRequest.after(next, (int) Math.min(most - count, PageRequest.MAX_LIMIT)));
        }
    }

    private String position(ListPart part, Page<T> first, long count) {
        Cursor next = part.limit() == null ? null : first.nextCursor();
        return JsonObject.of(
                        "count",
                        count,
                        "total",
                        first.total(),
                        "offset",
                        part.cursor() == null ? part.offset() : null,
                        "limit",
                        part.limit(),
                        "next_cursor",
                        next == null ? null : next.value())
                .toString();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }
}
