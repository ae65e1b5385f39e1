// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * A physical interface of the machine that an agent runs on.
 *
 * @param value the text on the wire
 */
public record HardwareIoType(String value) implements WireEnum {
    /** The known interfaces, for a {@code switch}. */
    public enum Known {
        /** General-purpose pins. */
        GPIO,
        /** The I²C bus. */
        I2C,
        /** The SPI bus. */
        SPI,
        /** A serial line. */
        UART,
        /** A camera on the CSI connector. */
        CSI_CAMERA,
        /** A camera on USB. */
        USB_CAMERA,
        /** Sound input. */
        AUDIO_IN,
        /** Sound output. */
        AUDIO_OUT,
        /** Bluetooth. */
        BLUETOOTH,
        /** LoRa radio. */
        LORA,
        /** Bluetooth Low Energy. */
        BLE,
        /** An interface that this library does not know. */
        OTHER
    }

    /** General-purpose pins. */
    public static final HardwareIoType GPIO = new HardwareIoType("gpio");

    /** The I²C bus. */
    public static final HardwareIoType I2C = new HardwareIoType("i2c");

    /** The SPI bus. */
    public static final HardwareIoType SPI = new HardwareIoType("spi");

    /** A serial line. */
    public static final HardwareIoType UART = new HardwareIoType("uart");

    /** A camera on the CSI connector. */
    public static final HardwareIoType CSI_CAMERA = new HardwareIoType("csi_camera");

    /** A camera on USB. */
    public static final HardwareIoType USB_CAMERA = new HardwareIoType("usb_camera");

    /** Sound input. */
    public static final HardwareIoType AUDIO_IN = new HardwareIoType("audio_in");

    /** Sound output. */
    public static final HardwareIoType AUDIO_OUT = new HardwareIoType("audio_out");

    /** Bluetooth. */
    public static final HardwareIoType BLUETOOTH = new HardwareIoType("bluetooth");

    /** LoRa radio. */
    public static final HardwareIoType LORA = new HardwareIoType("lora");

    /** Bluetooth Low Energy. */
    public static final HardwareIoType BLE = new HardwareIoType("ble");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The interface as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return KNOWN.find(value);
    }

    @Override
    public boolean isKnown() {
        return known() != Known.OTHER;
    }

    @Override
    public String toString() {
        return value;
    }
}
