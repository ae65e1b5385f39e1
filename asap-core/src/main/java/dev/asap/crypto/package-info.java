/**
 * What an agent proves itself with, and what it believes others by: signatures of manifests, with Ed25519 over canonical JSON, the
 * tokens of hosts and agents, and certificates and keys for TLS.
 */
@NullMarked
package dev.asap.crypto;

import org.jspecify.annotations.NullMarked;
