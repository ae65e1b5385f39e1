// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/** The second half of a signature: a number below the order of the curve's group. */
final class Ed25519Scalar {
    static final int SIGNATURE_LENGTH = 64;

    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private Ed25519Scalar() {}

    /** Whether the scalar is below the order: adding the order to it would give a second signature of the same text. */
    static boolean isReduced(byte[] signature) {
        return new BigInteger(1, Ed25519PublicKey.reversed(scalar(signature))).compareTo(ORDER) < 0;
    }

    /** The scalar's bytes as they stand in the signature, in hexadecimal digits. */
    static String toHex(byte[] signature) {
        return HexFormat.of().formatHex(scalar(signature));
    }

    private static byte[] scalar(byte[] signature) {
        return Arrays.copyOfRange(signature, SIGNATURE_LENGTH / 2, SIGNATURE_LENGTH);
    }
}
