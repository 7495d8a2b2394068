package io.journey.cli;

import io.journey.run.Versions;
import picocli.CommandLine.IVersionProvider;

/** The version of Journey and of the Java it runs on. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "journey "
          + Versions.journey()
          + " (Java "
          + System.getProperty("java.version")
          + ", "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
          + ")"
    };
  }
}
