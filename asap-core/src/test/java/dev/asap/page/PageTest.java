// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for pages, pages and cursors. */
class PageTest {
    @Test
    void request_keepsItsBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PageRequest.first(0))
                .withMessageContaining("got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PageRequest.first(1001))
                .withMessageContaining("1 to 1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PageRequest.of(1, -1))
                .withMessageContaining("got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PageRequest(1, 1, Cursor.afterKey("a")))
                .withMessageContaining("both");
        assertThat(PageRequest.first()).isEqualTo(PageRequest.of(100, 0));
    }

    @Test
    void page_isACopyAndLeadsToTheNext() {
        List<String> items = new ArrayList<>(List.of("a"));
        Page<String> page = new Page<>(items, 2, Cursor.afterKey("a"));
        items.add("b");

        assertThat(page.items()).containsExactly("a");
        assertThat(page.hasNext()).isTrue();
        assertThat(page.next(5)).contains(PageRequest.after(Cursor.afterKey("a"), 5));
        assertThat(Page.empty().next(5)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new Page<>(List.of(), -1, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "task_1", "žluťoučký 🐎", "a/b?c=d"})
    void cursor_givesItsKeyBack(String key) {
        assertThat(new Cursor(Cursor.afterKey(key).value()).key()).isEqualTo(key);
        assertThat(Cursor.afterKey(key).value()).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void cursor_damagedOrForeignIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor(""));
        assertThatIllegalArgumentException().isThrownBy(() -> new Cursor("k".repeat(4097)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor("x").key())
                .withMessageContaining("'x'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor("k*").key())
                .withMessageContaining("damaged");
    }

    @Test
    void codePointOrder_putsCharactersBeyondTheBasicPlaneLast() {
        List<String> texts = new ArrayList<>(List.of("\uFFFD", "🐎", "a", "", "ab"));
        texts.sort(TextOrder.CODE_POINTS);

        assertThat(texts).containsExactly("", "a", "ab", "\uFFFD", "🐎");
    }
}
