package io.journey.run;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Words for messages: what the file system answers, and what a file says. */
public final class Failures {
  private static final int MAX_QUOTED = 120;

  private Failures() {}

  /**
   * Returns a text of unknown origin, made safe for a message: one line, short, without characters
   * that a console would obey.
   */
  public static String quoted(String text) {
    int[] characters = text.codePoints().limit(MAX_QUOTED + 1).toArray();
    boolean whole = characters.length <= MAX_QUOTED;
    String start = new String(characters, 0, whole ? characters.length : MAX_QUOTED);
    return Printable.of(start) + (whole ? "" : "...");
  }

  /** Returns the reason of an I/O failure in a few words, without the class name. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file, check the path";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "the file " + e.getMessage() + " is in the way, name another place";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    if (e instanceof NotDirectoryException) {
      return e.getMessage() + " is not a directory, name another place";
    }
    String message =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage();
    if (message == null && e instanceof EOFException) {
      return "it ends too early";
    }
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    if (message.equals("Not a directory")) {
      return "a part of this path is a file, name another place";
    }
    if (message.equals("Is a directory")) {
      return "it is a directory, expected a file";
    }
    return message.contains("No space left")
        ? "the disk is full: free some space, then start the same command again"
        : message;
  }
}
