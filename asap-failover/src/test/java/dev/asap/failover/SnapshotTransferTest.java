// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.failover.ImportReport.LineError;
import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.store.sqlite.SQLiteSnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** FO-30 to FO-33: snapshots as lines. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class SnapshotTransferTest {
    private static final StateSnapshot KNOWN = new StateSnapshot(
            "01KQ0A2YB3S6C1N0H4W7P9X5ZD",
            "task_1",
            3,
            JsonObject.of("step", 3, "note", "line\nbreak \u00e9"),
            true,
            Instant.parse("2026-03-01T08:15:30.250Z"));

    private final SnapshotStore source = new InMemorySnapshotStore();
    private final SnapshotStore target = new InMemorySnapshotStore();

    private static byte[] export(SnapshotExport export) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportReport unused = export.writeTo(out);
        return out.toByteArray();
    }

    private static ImportReport read(SnapshotImport.Builder options, String text) throws IOException {
        return options.build().readFrom(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String line(StateSnapshot snapshot) throws IOException {
        SnapshotStore one = new InMemorySnapshotStore();
        one.save(snapshot);
        return new String(export(SnapshotExport.of(one).build()), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("FO-30 FO-33 one line has exactly the six members")
    void export_line_hasExactlySixMembers() throws IOException {
        source.save(KNOWN);

        String text = new String(export(SnapshotExport.of(source).build()), StandardCharsets.UTF_8);

        assertThat(text).isEqualTo("""
                {"id":"01KQ0A2YB3S6C1N0H4W7P9X5ZD","task_id":"task_1","version":3,\
                "data":{"step":3,"note":"line\\nbreak \u00e9"},"checkpoint":true,\
                "created_at":"2026-03-01T08:15:30.250000Z"}
                """);
        assertThat(JsonObject.parse(text.strip()).names())
                .containsExactly("id", "task_id", "version", "data", "checkpoint", "created_at");
    }

    @Test
    @DisplayName("FO-21 FO-33 the latest of each task, or every version")
    void export_latestOrAll() throws IOException {
        for (String task : List.of("a", "b", "c")) {
            for (int version = 1; version <= 3; version++) {
                source.save(StateSnapshot.of(task, version, JsonObject.of("v", version)));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(SnapshotExport.of(source).build().writeTo(out)).isEqualTo(new ExportReport(3, 3, 0, List.of()));
        assertThat(SnapshotExport.of(source).allVersions(true).build().writeTo(out))
                .isEqualTo(new ExportReport(3, 9, 0, List.of()));
        assertThat(SnapshotExport.of(source)
                        .where(snapshot -> snapshot.taskId().equals("b"))
                        .build()
                        .writeTo(out)
                        .written())
                .isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(13);
    }

    @Test
    @DisplayName("FO-31 importing twice changes nothing; the round trip loses nothing")
    void import_twice_isIdempotent(@TempDir Path folder) throws IOException {
        source.save(KNOWN);
        for (int i = 0; i < 300; i++) {
            source.save(StateSnapshot.of("task_x" + i, 1 + i, JsonObject.of("i", i, "nested", List.of(1, "2", true))));
        }
        byte[] file = export(SnapshotExport.of(source).build());
        try (SQLiteSnapshotStore sqlite = SQLiteSnapshotStore.open(folder.resolve("state.db"))) {
            SnapshotImport into = SnapshotImport.into(sqlite).build();

            assertThat(into.readFrom(new ByteArrayInputStream(file)))
                    .isEqualTo(new ImportReport(301, 301, 0, List.of(), true));
            assertThat(into.readFrom(new ByteArrayInputStream(file)))
                    .isEqualTo(new ImportReport(301, 0, 301, List.of(), true));

            assertThat(export(SnapshotExport.of(sqlite).build())).isEqualTo(file);
            assertThat(sqlite.get("task_1")).contains(KNOWN);
        }
    }

    @Test
    @DisplayName("FO-31 the same id, task and version replaces; another id does only when it is told to")
    void import_sameKey_replacesOrIsRefused() throws IOException {
        target.save(new StateSnapshot(KNOWN.id(), "task_1", 3, JsonObject.of("step", "old"), false, KNOWN.createdAt()));
        assertThat(read(SnapshotImport.into(target), line(KNOWN)).imported()).isEqualTo(1);
        assertThat(target.get("task_1")).contains(KNOWN);

        StateSnapshot other = SnapshotCopies.copyOf(KNOWN);
        ImportReport refused = read(SnapshotImport.into(target), line(other));
        assertThat(refused.errors())
                .containsExactly(new LineError(
                        1,
                        "version 3 of task 'task_1' is there already under another id; set replaceExisting to overwrite"
                                + " it"));
        assertThat(target.get("task_1")).contains(KNOWN);

        assertThat(read(SnapshotImport.into(target).replaceExisting(true), line(other))
                        .imported())
                .isEqualTo(1);
        assertThat(target.get("task_1")).contains(other);
    }

    @Test
    @DisplayName("FO-32 a copy has an id of its own, and perhaps another task; the rest stays")
    void copy_keepsEverythingButTheId() {
        StateSnapshot copy = SnapshotCopies.copyOf(KNOWN);
        assertThat(copy.id()).isNotEqualTo(KNOWN.id());
        assertThat(copy).usingRecursiveComparison().ignoringFields("id").isEqualTo(KNOWN);
        StateSnapshot renamed = SnapshotCopies.copyOf(KNOWN, "task_2");
        assertThat(renamed.taskId()).isEqualTo("task_2");
        assertThat(renamed)
                .usingRecursiveComparison()
                .ignoringFields("id", "taskId")
                .isEqualTo(KNOWN);
    }

    @Test
    @DisplayName("FO-33 bad lines are named, the good ones imported")
    void import_badLines_areNamed() throws IOException {
        String good = line(KNOWN).strip();
        String text = String.join(
                "\n",
                good,
                "",
                "not json",
                "{\"id\":\"x\"}",
                good.replace("}", "").substring(0, 20),
                good.replace("\"version\":3", "\"version\":0"),
                good.replace("\"checkpoint\":true", "\"checkpoint\":true,\"more\":1"),
                good.replace("task_1", "task_2") + "\r",
                "[]",
                good.replace("task_1", "x".repeat(2000)),
                line(StateSnapshot.of("task_9", 1, JsonObject.empty())).strip());

        ImportReport report = read(SnapshotImport.into(target).maxLineBytes(1000), text);

        assertThat(report.errors()).extracting(LineError::line).containsExactly(3L, 4L, 5L, 6L, 7L, 9L, 10L);
        assertThat(report.errors().get(0).toString()).startsWith("line 3: no snapshot: ");
        assertThat(report.errors().get(1).problem()).contains("task_id");
        assertThat(report.errors().get(4).problem()).contains("more");
        assertThat(report.errors().get(6).problem()).isEqualTo("longer than 1000 bytes (maxLineBytes)");
        assertThat(report.lines()).isEqualTo(11);
        assertThat(report.imported()).isEqualTo(3);
        assertThat(report.complete()).isTrue();
        assertThat(target.get("task_9")).isPresent();
        assertThat(target.get("task_2")).isPresent();
    }

    @Test
    void import_tooManyBadLines_givesUp() throws IOException {
        ImportReport report = read(SnapshotImport.into(target).maxErrors(2), "a\nb\nc\n" + line(KNOWN));

        assertThat(report.errors()).hasSize(2);
        assertThat(report.lines()).isEqualTo(3);
        assertThat(report.complete()).isFalse();
        assertThat(target.get("task_1")).isEmpty();
    }

    @Test
    @DisplayName("FO-33 a line has a limit, to the byte; the file has none")
    void import_lineLimit_isExact() throws IOException {
        String text = line(KNOWN);
        int length = text.strip().getBytes(StandardCharsets.UTF_8).length;
        assertThat(read(SnapshotImport.into(target).maxLineBytes(length), text).imported())
                .isEqualTo(1);
        assertThat(read(SnapshotImport.into(target).maxLineBytes(length - 1), text)
                        .errors())
                .hasSize(1);
        assertThat(read(SnapshotImport.into(new InMemorySnapshotStore()), text.strip())
                        .imported())
                .as("the last line may lack its end")
                .isEqualTo(1);
    }

    /** Endless bytes without a line end, then a good line: nothing of it may pile up. */
    private static InputStream endlessLine(long bytes, byte[] then) {
        return new InputStream() {
            private long given;
            private final InputStream rest = new ByteArrayInputStream(then);

            @Override
            public int read() {
                throw new UnsupportedOperationException("read by arrays");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (given >= bytes) {
                    return rest.read(buffer, offset, length);
                }
                int count = (int) Math.min(length, bytes - given);
                Arrays.fill(buffer, offset, offset + count, (byte) 'x');
                given += count;
                return count;
            }
        };
    }

    @Test
    @DisplayName("FO-33 a line of gigabytes is passed over in bounded memory")
    void import_endlessLine_isPassedOver() throws IOException {
        byte[] rest = ("\n" + line(KNOWN)).getBytes(StandardCharsets.UTF_8);

        ImportReport report = SnapshotImport.into(target).build().readFrom(endlessLine(3L << 30, rest));

        assertThat(report.errors()).extracting(LineError::line).containsExactly(1L);
        assertThat(report.imported()).isEqualTo(1);
    }

    @Test
    @DisplayName("FO-33 what no import would read is not exported")
    void export_tooLongLine_isWithheld() throws IOException {
        source.save(StateSnapshot.of("big", 1, JsonObject.of("text", "x".repeat(10_000))));
        source.save(KNOWN);

        ExportReport report =
                SnapshotExport.of(source).maxLineBytes(5000).build().writeTo(OutputStream.nullOutputStream());

        assertThat(report.written()).isEqualTo(1);
        assertThat(report.withheld()).isEqualTo(1);
        assertThat(report.notes()).singleElement().satisfies(note -> {
            assertThat(note.taskId()).isEqualTo("big");
            assertThat(note.tooManyBytes()).isGreaterThan(10_000);
        });
    }

    @Test
    @DisplayName("FO-43 references that lead nowhere: refused, reported, or not looked at")
    void export_references_followThePolicy() throws IOException {
        source.save(StateSnapshot.of("local", 1, JsonObject.of("out", List.of("asap://here/r/1"))));
        source.save(KNOWN);

        ExportReport refused = SnapshotExport.of(source).build().writeTo(OutputStream.nullOutputStream());
        assertThat(refused.written()).isEqualTo(1);
        assertThat(refused.notes())
                .containsExactly(new ExportReport.Note(
                        "local", 1, true, List.of(new ArtifactReference("/out/0", "asap://here/r/1")), 0));

        ExportReport warned = SnapshotExport.of(source)
                .references(ReferencePolicy.WARN)
                .build()
                .writeTo(OutputStream.nullOutputStream());
        assertThat(warned.written()).isEqualTo(2);
        assertThat(warned.notes()).singleElement().matches(note -> !note.withheld());

        ExportReport allowed = SnapshotExport.of(source)
                .references(ReferencePolicy.ALLOW)
                .build()
                .writeTo(OutputStream.nullOutputStream());
        assertThat(allowed.notes()).isEmpty();

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ExportReport rewritten = SnapshotExport.of(source)
                .rewriter(reference -> "https://store.example/1")
                .build()
                .writeTo(out);
        assertThat(rewritten.written()).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("https://store.example/1")
                .doesNotContain("asap://");
    }

    @Test
    void export_deletedMeanwhile_isPassedOver() throws IOException {
        source.save(KNOWN);
        SnapshotStore forgetful = new View(source) {
            private int reads;

            @Override
            public Optional<StateSnapshot> get(String taskId) {
                return reads++ == 0 ? super.get(taskId) : Optional.empty();
            }
        };
        assertThat(SnapshotExport.of(forgetful).build().writeTo(OutputStream.nullOutputStream()))
                .isEqualTo(new ExportReport(1, 0, 0, List.of()));
    }

    @Test
    @DisplayName("FO-31 a store that fails ends the import with the line; repeating it finishes")
    void import_storeFails_namesTheLine() throws IOException {
        String text =
                line(StateSnapshot.of("a", 1, JsonObject.empty())) + line(StateSnapshot.of("b", 1, JsonObject.empty()));
        SnapshotStore failing = new View(target) {
            @Override
            public void save(StateSnapshot snapshot) {
                if (snapshot.taskId().equals("b")) {
                    throw new StorageException("locked", true, null);
                }
                super.save(snapshot);
            }
        };

        assertThatThrownBy(() -> read(SnapshotImport.into(failing), text))
                .isInstanceOfSatisfying(SnapshotImportException.class, e -> {
                    assertThat(e.line()).isEqualTo(2);
                    assertThat(e.retryable()).isTrue();
                })
                .hasMessage("Line 2 could not be imported: locked");
        assertThat(read(SnapshotImport.into(target), text)).isEqualTo(new ImportReport(2, 1, 1, List.of(), true));
    }

    @Test
    void limits_mustBePositive() {
        assertThatThrownBy(() -> SnapshotImport.into(target).maxLineBytes(0))
                .hasMessage("maxLineBytes must be 1 or more, got 0");
        assertThatThrownBy(() -> SnapshotExport.of(target).maxLineBytes(-1))
                .hasMessage("maxLineBytes must be 1 or more, got -1");
        assertThatThrownBy(() -> SnapshotImport.into(target).maxErrors(-1))
                .hasMessage("maxErrors must be 0 to 10000, got -1");
    }
}
