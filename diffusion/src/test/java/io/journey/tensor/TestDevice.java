package io.journey.tensor;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs every test on the device of the system property {@code journey.test.device}; without it on
 * the processor. {@code pretended:FILE} is the device of tools/cuda/pretended.cpp, built as that
 * library.
 */
public final class TestDevice implements BeforeAllCallback {
  private static final String PRETENDED = "pretended:";

  @Override
  public void beforeAll(ExtensionContext context) {
    String name = System.getProperty("journey.test.device", "cpu");
    Libtorch.use(name.startsWith(PRETENDED) ? pretended(name) : Device.open(name, Precision.F32));
  }

  /** A device that only has a name. */
  public static Device named(String name) {
    return new Device(name, Precision.F32, name);
  }

  private static Device pretended(String name) {
    Device.open("cpu", Precision.F32); // Loads libtorch, and sees which it is.
    System.load(Path.of(name.substring(PRETENDED.length())).toAbsolutePath().toString());
    return new Device("pretended:0", Precision.F32, "a pretended device");
  }
}
