package io.journey.cli;

import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.RunDirectory;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The last words of a process that Ctrl-C or another signal ends: what is kept, and how to go on.
 * Then the system ends it, as if nobody had asked for the signal: Java's own end takes libtorch
 * down beneath workers that still compute, and some crash. Work goes on until then, so nothing else
 * is printed.
 */
final class Interruption {
  private final AtomicBoolean over = new AtomicBoolean();
  private final OutputStream err;
  private volatile boolean silent;

  /** Says it on {@code err}. */
  Interruption(OutputStream err) {
    this.err = err;
  }

  /** From now on a signal is told, until {@link #end()}. */
  void expect() {
    try {
      Signals signals = new Signals();
      for (String name : List.of("HUP", "INT", "TERM")) {
        signals.handle(
            name,
            signal -> {
              tell();
              signals.pass(signal);
            });
      }
    } catch (UnsupportedOperationException e) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::tell, "journey-interrupted"));
    }
  }

  /** Ends the time in which a signal is told. False if it had ended, or a signal came first. */
  boolean end() {
    return over.compareAndSet(false, true);
  }

  private void tell() {
    if (!end()) {
      return; // The command had ended by itself.
    }
    ConsoleProgress.closeAll();
    silent = true;
    AtomicFile.abandonUnfinished();
    PrintWriter out = new PrintWriter(err, true, StandardCharsets.UTF_8);
    out.println(sentence(RunDirectory.unfinished()));
  }

  /** Returns a sentence on what is kept in the directories at work. */
  static String sentence(List<RunDirectory> unfinished) {
    if (unfinished.isEmpty()) {
      return "Interrupted.";
    }
    StringBuilder text = new StringBuilder("Interrupted.");
    boolean kept = false;
    for (RunDirectory run : unfinished) {
      String files = files(run.wholeFiles(), run.begunFiles());
      kept |= !files.isEmpty();
      text.append(' ').append(run.directory()).append(" keeps ");
      text.append(files.isEmpty() ? "no file yet" : files).append('.');
    }
    return text
        + (kept
            ? " Start the same command again to continue from there."
            : " Start the same command again to begin anew.");
  }

  private static String files(int whole, int begun) {
    return Stream.of(
            whole == 0 ? "" : Counted.of(whole, "whole files"),
            begun == 0 ? "" : Counted.of(begun, "unfinished files"))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" and "));
  }

  /** Returns a stream that falls silent when an interruption is told. */
  OutputStream silenced(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        if (!silent) {
          out.write(b);
        }
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        if (!silent) {
          out.write(bytes, from, count);
        }
      }
    };
  }
}
