// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file: where it is, of what kind, and its content if it travels along.
 *
 * @param uri where it is; never {@code file:} and never with {@code ..} in it, otherwise any text
 * @param mimeType its kind, as in {@code application/pdf}, without parameters
 * @param inlineData its content in base64 with padding and without white space, or null
 */
public record FilePart(
        String uri, String mimeType, @Nullable String inlineData) implements Part {
    /** The {@link #type()} of all of them. */
    public static final String TYPE = "file";

    private static final Pattern MIME_TYPE = Pattern.compile("[a-z0-9-]+/[a-z0-9.+-]+");

    /**
     * Checks the three rules.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or breaks its rule
     */
    public FilePart {
        Checks.of("FilePart")
                .required("uri", uri)
                .required("mime_type", mimeType)
                .rule("uri", uri == null || !uri.contains(".."), "must not contain '..'", uri)
                .rule("uri", uri == null || !isLocal(uri), "must not begin with 'file://'", uri)
                .rule(
                        "mime_type",
                        mimeType == null
                                || MIME_TYPE
                                        .matcher(mimeType.toLowerCase(Locale.ROOT))
                                        .matches(),
                        "must look like 'application/pdf', without parameters",
                        mimeType)
                .rule(
                        "inline_data",
                        inlineData == null || isCanonicalBase64(inlineData),
                        "must be base64 with padding and without white space")
                .done();
    }

    /** A file that stays where it is. */
    public static FilePart of(String uri, String mimeType) {
        return new FilePart(uri, mimeType, null);
    }

    /** A file with its content. */
    public static FilePart of(String uri, String mimeType, byte[] content) {
        return new FilePart(uri, mimeType, Base64.getEncoder().encodeToString(content));
    }

    /** The content, if it travels along; a new array at each call. */
    public Optional<byte[]> content() {
        return Optional.ofNullable(inlineData).map(Base64.getDecoder()::decode);
    }

    @Override
    public String type() {
        return TYPE;
    }

    private static boolean isLocal(String uri) {
        return uri.strip().toLowerCase(Locale.ROOT).startsWith("file://");
    }

    // The decoder also takes what lacks its padding or has bits left over; encoding the end again tells.
    private static boolean isCanonicalBase64(String text) {
        if (text.length() % 4 != 0) {
            return false;
        }
        try {
            byte[] content = Base64.getDecoder().decode(text);
            byte[] end = Arrays.copyOfRange(content, Math.max(0, (content.length - 1) / 3 * 3), content.length);
            return text.endsWith(Base64.getEncoder().encodeToString(end));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
