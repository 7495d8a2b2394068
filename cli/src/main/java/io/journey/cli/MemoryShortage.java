package io.journey.cli;

import io.journey.run.Memory;
import java.util.List;

/** Tells memory that ran out, in Java, in native code or in the system, from other failures. */
final class MemoryShortage {
  /** Set by the launcher: how much there is, and who limits it. */
  private static final String LIMIT = "journey.memory";

  /** The words of libtorch, oneDNN, JavaCPP, the system's loader and the C++ library. */
  private static final List<String> NATIVE =
      List.of(
          "std::bad_alloc",
          "can't allocate memory",
          "not enough memory",
          "Cannot allocate memory",
          "Cannot allocate new",
          "failed to map segment",
          "could not create a memory object");

  /** The words of libtorch on a GPU. */
  private static final List<String> DEVICE =
      List.of("CUDA out of memory", "MPS backend out of memory");

  private MemoryShortage() {}

  /** Returns the sentence on it and how to mend it; null for a failure of another kind. */
  static String sentence(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String message = String.valueOf(e.getMessage());
      if (DEVICE.stream().anyMatch(message::contains)) {
        return "Memory of the GPU ran out: ask for less with --threads 1, or for smaller batches; what"
            + " is whole is kept, the same command goes on.";
      }
      if (NATIVE.stream().anyMatch(message::contains)) {
        return "Memory ran out in native code"
            + limit()
            + ": allow more, or ask for less with --threads 1 or smaller batches; what is whole is"
            + " kept, the same command goes on.";
      }
      if (e instanceof OutOfMemoryError && message.contains("native thread")) {
        return "The system lets Java start no further thread"
            + limit()
            + ": allow more memory or more processes (ulimit -u), or use --threads 1.";
      }
      if (e instanceof OutOfMemoryError) {
        return heap(message.strip().replaceAll("\\s*\\R\\s*", " "));
      }
    }
    return null;
  }

  private static String heap(String reason) {
    long limit = Runtime.getRuntime().maxMemory() >> 20;
    return "Memory ran out ("
        + reason
        + "; the Java heap may grow to "
        + limit
        + " MB): ask for smaller batches or fewer threads, or "
        + Memory.raise()
        + ".";
  }

  private static String limit() {
    String told = System.getProperty(LIMIT, "");
    return told.isEmpty() ? "" : " (" + told + ")";
  }
}
