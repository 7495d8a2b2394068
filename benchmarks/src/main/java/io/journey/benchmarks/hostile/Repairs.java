package io.journey.benchmarks.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Checksums and sizes made right again, so that a change comes past the first check. */
final class Repairs {
  private static final int PNG_SIGNATURE = 8;
  private static final int TAR_BLOCK = 512;
  private static final int TAR_SUM = 148;
  private static final String MANIFEST = "manifest.json";

  private Repairs() {}

  /** Returns the CRC of every chunk of a PNG, as far as chunks can be followed. */
  static byte[] png(byte[] file) {
    byte[] out = file.clone();
    ByteBuffer at = ByteBuffer.wrap(out);
    long chunk = PNG_SIGNATURE;
    while (chunk + 12 <= out.length) {
      long length = at.getInt((int) chunk) & 0xFFFF_FFFFL;
      if (chunk + 12 + length > out.length) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(out, (int) chunk + 4, (int) length + 4);
      at.putInt((int) (chunk + 8 + length), (int) crc.getValue());
      chunk += 12 + length;
    }
    return out;
  }

  /** Returns the size of a RIFF file (WebP). */
  static byte[] riff(byte[] file) {
    byte[] out = file.clone();
    if (out.length >= 12) {
      ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putInt(4, out.length - 8);
    }
    return out;
  }

  /** Returns the checksum of every block of a tar file that looks like a header. */
  static byte[] tar(byte[] file) {
    byte[] out = file.clone();
    for (int block = 0; block + TAR_BLOCK <= out.length; block += TAR_BLOCK) {
      String magic = new String(out, block + 257, 5, StandardCharsets.ISO_8859_1);
      if (magic.equals("ustar")) {
        Arrays.fill(out, block + TAR_SUM, block + TAR_SUM + 8, (byte) ' ');
        int sum = 0;
        for (int i = block; i < block + TAR_BLOCK; i++) {
          sum += out[i] & 0xFF;
        }
        byte[] text = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, out, block + TAR_SUM, 8);
      }
    }
    return out;
  }

  /** Returns the length before the JSON of a safetensors file. */
  static byte[] safetensors(byte[] json, byte[] numbers) {
    ByteBuffer out = ByteBuffer.allocate(8 + json.length + numbers.length);
    out.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(numbers);
    return out.array();
  }

  /** Returns how many bytes the JSON of a safetensors file has, or -1 where that cannot be. */
  static int headerLength(byte[] file) {
    if (file.length < 8) {
      return -1;
    }
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length < 2 || length > file.length - 8 ? -1 : (int) length;
  }

  /** Returns the length of an NPY file's header (version 1.0), whose text ends at {@code end}. */
  static byte[] npy(byte[] file, int end) {
    byte[] out = file.clone();
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putShort(8, (short) (end - 10));
    return out;
  }

  static byte[] gunzip(byte[] file) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] inside) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream to = new GZIPOutputStream(out)) {
      to.write(inside);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Returns the CRC of every whole entry of a ZIP file that is stored and not compressed. */
  static byte[] zip(byte[] file) {
    byte[] out = file.clone();
    ByteBuffer at = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    for (int entry = 0; entry + 46 <= out.length; entry++) {
      if (at.getInt(entry) == 0x02014B50 && at.getShort(entry + 10) == 0) {
        long local = at.getInt(entry + 42) & 0xFFFF_FFFFL;
        long size = at.getInt(entry + 20) & 0xFFFF_FFFFL;
        if (local + 30 <= out.length) {
          int head = (int) local;
          long data =
              local + 30 + (at.getShort(head + 26) & 0xFFFF) + (at.getShort(head + 28) & 0xFFFF);
          if (data + size <= out.length) {
            CRC32 crc = new CRC32();
            crc.update(out, (int) data, (int) size);
            at.putInt(entry + 16, (int) crc.getValue());
          }
        }
      }
    }
    return out;
  }

  /**
   * Writes size and SHA-256 of a changed file into the manifest of its run directory, or that of
   * the manifest itself.
   *
   * @return whether there was a manifest to write
   */
  static boolean seal(Path changed, Path root) throws IOException {
    boolean sealed = false;
    for (Path folder = changed.getParent();
        folder != null && folder.startsWith(root);
        folder = folder.getParent()) {
      Path manifest = folder.resolve(MANIFEST);
      if (Files.isRegularFile(manifest)) {
        sealed |= seal(manifest, folder.relativize(changed).toString().replace('\\', '/'), changed);
      }
    }
    return sealed;
  }

  private static boolean seal(Path manifest, String name, Path changed) throws IOException {
    ObjectNode content;
    try {
      content = Json.read(manifest);
    } catch (JourneyException e) {
      return false;
    }
    if (!name.equals(MANIFEST) && content.path("files").path(name) instanceof ObjectNode entry) {
      entry.put("bytes", Files.size(changed)).put("sha256", Checksums.of(changed));
    } else if (!name.equals(MANIFEST)) {
      return false;
    }
    if (content.has("sha256")) {
      content.remove("sha256");
      content.put("sha256", Checksums.of(Json.bytes(content)));
    }
    Files.write(manifest, Json.bytes(content));
    return true;
  }
}
