package io.journey.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process as the operating system counts it, and how to allow more. */
public final class Memory {
  private Memory() {}

  /** Returns how to let Java use twice what it may use now, as the end of a sentence. */
  public static String raise() {
    return "set JOURNEY_JAVA_OPTS=-Xmx"
        + 2 * (Runtime.getRuntime().maxMemory() >> 20)
        + "m where there is as much memory";
  }

  /** Starts counting the peak anew, where the operating system allows it (Linux). */
  public static void forgetPeak() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException e) {
      // Then the peak stays that of the whole process, which is no less true.
    }
  }

  /**
   * Returns the largest resident size so far in bytes (Linux: VmHWM), or -1 where the system does
   * not tell it.
   */
  public static long peakResidentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return -1;
    }
    return -1;
  }
}
