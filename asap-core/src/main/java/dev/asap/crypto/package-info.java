/** Signatures of manifests: keys, signing and verifying with Ed25519 over canonical JSON. */
@NullMarked
package dev.asap.crypto;

import org.jspecify.annotations.NullMarked;
