package io.journey.tensor;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs every test on the device of the system property {@code journey.test.device}; without it on
 * the processor.
 */
public final class TestDevice implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    Libtorch.use(Device.open(System.getProperty("journey.test.device", "cpu"), Precision.F32));
  }
}
