// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.page;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A place in an ordered list: the page after it begins with the first item behind that place.
 *
 * <p>To everyone but the store that made it, the text is opaque; it may be stored and sent to others. It stays valid when
 * items are added or removed.
 *
 * @param value the text, URL-safe and not empty
 */
public record Cursor(String value) {
    /** The longest cursor that is read, in characters: what comes from outside is bounded. */
    public static final int MAX_LENGTH = 4096;

    /**
     * Checks the bounds of the text.
     *
     * @throws IllegalArgumentException if {@code value} is empty or longer than {@value #MAX_LENGTH} characters
     */
    public Cursor {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "cursor must have 1 to " + MAX_LENGTH + " characters, got " + value.length());
        }
    }

    /**
     * The cursor behind the item with this key; for stores.
     *
     * @param key the key of the last item on the page, as the order of the list has it
     */
    public static Cursor afterKey(String key) {
        // The leading character keeps the cursor of an empty key from being empty.
        return new Cursor(
                "k" + Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The key that {@link #afterKey} was given; for stores.
     *
     * @throws IllegalArgumentException if this is not a cursor made by {@link #afterKey}
     */
    public String key() {
        if (value.charAt(0) != 'k') {
            throw new IllegalArgumentException("cursor '" + value + "' was not made by this library's stores");
        }
        try {
            return new String(Base64.getUrlDecoder().decode(value.substring(1)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cursor '" + value + "' is damaged: pass a page's nextCursor as it was", e);
        }
    }
}
