/**
 * What the calls of a client look like from outside: metrics with {@link dev.asap.client.telemetry.MicrometerCalls Micrometer},
 * traces with {@link dev.asap.client.telemetry.OpenTelemetryCalls OpenTelemetry}, and a {@link
 * dev.asap.client.telemetry.LoggedCalls log}. Micrometer and the OpenTelemetry API are not brought along; only who uses the class
 * needs the library.
 */
@NullMarked
package dev.asap.client.telemetry;

import org.jspecify.annotations.NullMarked;
