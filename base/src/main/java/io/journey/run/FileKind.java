package io.journey.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kind of a file or directory, in words, by how it begins; for messages about the wrong one.
 */
public final class FileKind {
  /** A file of named arrays. */
  public static final String SAFETENSORS = "a safetensors file";

  /** A zip: PyTorch's files are such. */
  public static final String ZIP = "a PyTorch or other zip file";

  private static final int START = 512;

  /** First bytes, in ISO 8859-1. */
  private static final Map<String, String> STARTS = new LinkedHashMap<>();

  static {
    STARTS.put("\u0089PNG\r\n", "a PNG picture");
    STARTS.put("\u00ff\u00d8\u00ff", "a JPEG picture");
    STARTS.put("GIF8", "a GIF picture");
    STARTS.put("II*\0", "a TIFF picture");
    STARTS.put("MM\0*", "a TIFF picture");
    STARTS.put("\u0093NUMPY", "an NPY array");
    STARTS.put("PAR1", "a Parquet table");
    STARTS.put("PK\u0003\u0004", ZIP);
    STARTS.put("\u001f\u008b", "a gzip file");
    STARTS.put("%PDF", "a PDF document");
    STARTS.put("\u0089HDF", "an HDF5 file");
  }

  private FileKind() {}

  /**
   * Returns names what is there, such as "a PNG picture" or "a directory".
   *
   * @return null where nothing is there, or it begins as nothing known does
   */
  public static String of(Path path) {
    if (Files.isDirectory(path)) {
      return directory(path);
    }
    if (!Files.isRegularFile(path)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(path)) {
      return of(new String(in.readNBytes(START), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return null;
    }
  }

  private static String of(String start) {
    for (Map.Entry<String, String> known : STARTS.entrySet()) {
      if (start.startsWith(known.getKey())) {
        return known.getValue();
      }
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return "a WebP picture";
    }
    if (start.startsWith("BM") && start.startsWith("\0\0\0\0", 6)) {
      return "a BMP picture";
    }
    if (start.startsWith("ustar", 257)) {
      return "a tar archive";
    }
    // Eight bytes of a length below 2^32, then a JSON object.
    if (start.startsWith("\0\0\0\0{\"", 4)) {
      return SAFETENSORS;
    }
    boolean text =
        !start.isEmpty() && start.chars().noneMatch(c -> c < ' ' && "\t\n\f\r".indexOf(c) < 0);
    if (!text) {
      return null;
    }
    return start.stripLeading().startsWith("{") ? "a JSON file" : "a text file";
  }

  private static String directory(Path path) {
    if (!RunStatus.isRunDirectory(path)) {
      return "a directory";
    }
    try {
      return "a directory of the kind " + Failures.quoted(RunStatus.of(path).kind());
    } catch (JourneyException e) {
      return "a run directory";
    }
  }
}
