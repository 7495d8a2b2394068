package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.dataset.Transformations.Orient;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  @TempDir Path folder;

  /** What a file holds, 0..255 in the order C, H, W. */
  private static int[] decoded(Path file) {
    Pixels pixels = new StoredImage.InFile(SourceFile.of(file)).decode(Orient.UPRIGHT);
    float[] out = new float[pixels.shape().numel()];
    pixels.read(out, 0);
    int[] bytes = new int[out.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Math.round((out[i] + 1) * 127.5f);
    }
    return bytes;
  }

  private static BufferedImage colours(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    for (int i = 0; i < 6; i++) {
      image.setRGB(i % 3, i / 3, 0xFF000000 | (10 * i) << 16 | (10 * i + 1) << 8 | (10 * i + 2));
    }
    return image;
  }

  private static BufferedImage components(int space, int bits, boolean alpha, int... samples) {
    int type = bits == 16 ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            type);
    int width = samples.length / model.getNumComponents();
    WritableRaster raster = model.createCompatibleWritableRaster(width, 1);
    raster.setPixels(0, 0, width, 1, samples);
    return new BufferedImage(model, raster, false, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void coloursSurviveARoundTrip(String format) throws IOException {
    Path file = save(folder.resolve("a." + format), colours(BufferedImage.TYPE_INT_RGB));

    assertThat(new StoredImage.InFile(SourceFile.of(file)).decode(Orient.UPRIGHT).shape())
        .isEqualTo(new ImageShape(3, 2, 3));
    assertThat(decoded(file))
        .containsExactly(0, 10, 20, 30, 40, 50, 1, 11, 21, 31, 41, 51, 2, 12, 22, 32, 42, 52);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void storedGreyIsNotBrightened(String format) throws IOException {
    Path file =
        save(folder.resolve("a." + format), components(ColorSpace.CS_GRAY, 8, false, 0, 60, 255));

    assertThat(decoded(file)).containsExactly(0, 60, 255);
  }

  @Test
  void greyJpegHasOneChannelAndItsStoredValue() throws IOException {
    int[] samples = new int[16];
    Arrays.fill(samples, 60);
    Path file = save(folder.resolve("a.jpg"), components(ColorSpace.CS_GRAY, 8, false, samples));

    assertThat(decoded(file)).hasSize(16).containsOnly(60);
  }

  @Test
  void colourJpegIsCloseToWhatWasSaved() throws IOException {
    Path file =
        save(
            folder.resolve("a.jpg"),
            DatasetFiles.plain(BufferedImage.TYPE_INT_RGB, 8, 8, 0xC86432));
    int[] out = decoded(file);

    // A plain image leaves only the rounding of the colour transform and of one coefficient.
    assertThat(out[0]).isCloseTo(0xC8, within(3));
    assertThat(out[64]).isCloseTo(0x64, within(3));
    assertThat(out[128]).isCloseTo(0x32, within(3));
  }

  @Test
  void sixteenBitsAreRoundedToEight() throws IOException {
    Path grey =
        save(
            folder.resolve("g.png"),
            components(ColorSpace.CS_GRAY, 16, false, 0, 257 * 60, 257 * 60 + 129, 65535));
    Path colour =
        save(
            folder.resolve("c.png"),
            components(ColorSpace.CS_sRGB, 16, false, 257 * 10, 257 * 20, 257 * 30));

    assertThat(decoded(grey)).containsExactly(0, 60, 61, 255);
    assertThat(decoded(colour)).containsExactly(10, 20, 30);
  }

  @Test
  void transparencyIsLaidOnWhite() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0xFF0000FF);
    image.setRGB(1, 0, 0x000000FF);
    image.setRGB(2, 0, 0x330000FF); // 51/255, a fifth
    Path colour = save(folder.resolve("c.png"), image);
    Path grey =
        save(
            folder.resolve("g.png"),
            components(ColorSpace.CS_GRAY, 8, true, 100, 255, 100, 0, 100, 51));

    assertThat(decoded(colour)).containsExactly(0, 255, 204, 0, 255, 204, 255, 255, 255);
    assertThat(decoded(grey)).containsExactly(100, 255, 224);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif"})
  void palettesAreLookedUpAndTheirTransparentEntryIsWhite(String format) throws IOException {
    byte[] red = {10, 20, 30, 40};
    byte[] blue = {5, 6, 7, 8};
    IndexColorModel palette = new IndexColorModel(8, 4, red, red, blue, 2);
    BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setPixels(0, 0, 4, 1, new int[] {3, 0, 1, 2});
    Path file = save(folder.resolve("a." + format), image);

    assertThat(decoded(file)).containsExactly(40, 10, 20, 255, 40, 10, 20, 255, 8, 5, 6, 255);
  }

  @Test
  void aPaletteOfGreysGivesOneChannel() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(1, 0, 0xFFFFFFFF);

    assertThat(decoded(save(folder.resolve("a.png"), image))).containsExactly(0, 255);
  }

  @Test
  void webpIsReadAsPillowWroteIt() throws IOException {
    Path files = Path.of("src/test/resources/parquet");
    int[] lossless = decoded(files.resolve("lossless.webp"));
    JsonNode truth = Json.read(files.resolve("pixels.json")).get("pixels").get(1);
    assertThat(lossless).hasSize(truth.size());
    for (int i = 0; i < lossless.length; i++) {
      assertThat(lossless[i]).as("number " + i).isEqualTo(truth.get(i).asInt());
    }
    int[] lossy = decoded(files.resolve("lossy.webp"));
    // One colour: what is left is the rounding of its transform.
    assertThat(lossy[0]).isCloseTo(200, within(3));
    assertThat(lossy[256]).isCloseTo(100, within(3));
    assertThat(lossy[512]).isCloseTo(50, within(3));
  }

  private static void refused(Path file, String... parts) {
    assertThatThrownBy(() -> new StoredImage.InFile(SourceFile.of(file)).decode(Orient.UPRIGHT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageMatching("[^\\n]+\\.");
  }

  @Test
  void textNamedLikeAnImageIsRefused() throws IOException {
    Path file = folder.resolve("a.png");
    Files.writeString(file, "not an image");
    refused(file, "is no PNG, JPEG, WebP, BMP or GIF");
    Files.write(file, new byte[0]);
    refused(file, "is no PNG, JPEG, WebP, BMP or GIF");
  }

  @Test
  void aFormatThatIsNotPromisedIsRefused() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY);
    Path wbmp = save(folder.resolve("a.wbmp"), image);
    refused(Files.move(wbmp, folder.resolve("a.png")), "is no PNG, JPEG, WebP, BMP or GIF");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "gif"})
  void anImageCutShortIsRefused(String format) throws IOException {
    BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 1600; i++) {
      image.setRGB(i % 40, i / 40, 0xFF000000 | i * 7919);
    }
    Path file = save(folder.resolve("a." + format), image);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {whole.length / 4, whole.length / 2, whole.length - 60}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(file, file.toString());
    }
  }

  @Test
  void anEnormousImageIsRefusedBeforeItIsDecoded() throws IOException {
    Path file = folder.resolve("a.png");
    Files.write(file, pngHeader(30_000, 30_000));
    refused(file, "30000×30000", "64 million");
    Files.write(file, pngHeader(Integer.MAX_VALUE, Integer.MAX_VALUE));
    refused(file, file.toString());
  }

  /** A WebP without losses that ends behind its header of five bytes. */
  private static byte[] webpHeader(int width, int height) {
    int bits = width - 1 | height - 1 << 14;
    ByteBuffer file = ByteBuffer.allocate(247).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(239);
    file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(227);
    return file.put((byte) 0x2F).putInt(bits).array();
  }

  @Test
  @Timeout(10)
  void pixelsThatFewBytesCannotHoldAreRefused() throws IOException {
    Path file = folder.resolve("a.webp");
    Files.write(file, webpHeader(8000, 8000));
    refused(file, "8000×8000", "247 bytes");
  }

  @Test
  @Timeout(10)
  void aJpegOfEndlessScansIsRefused() throws IOException {
    BufferedImage image = new BufferedImage(1024, 1024, BufferedImage.TYPE_BYTE_GRAY);
    byte[] whole = Files.readAllBytes(save(folder.resolve("a.jpg"), image));
    byte[] scans = new byte[whole.length + 20_000];
    System.arraycopy(whole, 0, scans, 0, whole.length);
    for (int i = whole.length; i < scans.length; i += 2) {
      scans[i] = (byte) 0xFF;
      scans[i + 1] = (byte) 0xDA;
    }
    Path file = folder.resolve("b.jpg");
    Files.write(file, scans);
    refused(file, "1024×1024", "640 million");
  }

  @Test
  void orientStoredLeavesTheNoteAlone() {
    Path file = Path.of("src/test/resources/pictures/jpeg-orientation-6.jpg");
    StoredImage image = new StoredImage.InFile(SourceFile.of(file));

    assertThat(image.decode(Orient.STORED).shape()).isEqualTo(new ImageShape(3, 18, 24));
    assertThat(image.decode(Orient.UPRIGHT).shape()).isEqualTo(new ImageShape(3, 24, 18));
  }

  /** A PNG of nothing but its header. */
  static byte[] pngHeader(int width, int height) {
    byte[] chunk =
        ByteBuffer.allocate(17)
            .put("IHDR".getBytes(StandardCharsets.US_ASCII))
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 0, 0, 0, 0})
            .array();
    CRC32 crc = new CRC32();
    crc.update(chunk);
    return ByteBuffer.allocate(33)
        .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
        .putInt(13)
        .put(chunk)
        .putInt((int) crc.getValue())
        .array();
  }
}
