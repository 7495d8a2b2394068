package io.journey.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Words for what the file system answers. */
public final class Failures {
  private Failures() {}

  /** The reason of an I/O failure in a few words, without the class name. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "there is a file in the way, " + e.getMessage();
    }
    if (e instanceof NotDirectoryException) {
      return e.getMessage() + " is not a directory";
    }
    String message =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage();
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    return message.contains("No space left")
        ? "the disk is full: free some space, then start the same command again"
        : message;
  }
}
