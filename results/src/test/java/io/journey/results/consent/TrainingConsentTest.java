package io.journey.results.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Datasets;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.consent.TrainingConsent.Use;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signed pictures are by c2pa-python: tools/golden/make_consent.py. */
class TrainingConsentTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/consent");
  private static final String SAYING =
      "{\"assertions\":[{\"label\":\"%s.training-mining\",\"data\":{\"entries\":"
          + "{\"%s.ai_generative_training\":{\"use\":\"%s\"}}}}]}";

  @TempDir Path folder;

  /** Other images, so that a folder has several. */
  @BeforeEach
  void silentImage() throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", folder.resolve("z-silent.png").toFile());
  }

  private TrainingConsent first() {
    return TrainingConsent.of(Datasets.open(folder.toString()), 0);
  }

  private void take(String name) throws IOException {
    Files.copy(GOLDEN.resolve(name), folder.resolve("a" + name.substring(name.length() - 4)));
  }

  @Test
  void signedPngSaysThatTrainingIsNotAllowed() throws IOException {
    take("not-allowed.png");
    assertThat(first()).isEqualTo(new TrainingConsent(Use.NOT_ALLOWED, ""));
    assertThat(first().isFlagged()).isTrue();
  }

  @Test
  void signedJpegSaysOnWhichConditions() throws IOException {
    take("constrained.jpg");
    assertThat(first()).isEqualTo(new TrainingConsent(Use.CONSTRAINED, "ask first"));
  }

  @Test
  void pictureWithoutManifestSaysNothing() {
    assertThat(first()).isEqualTo(new TrainingConsent(Use.UNSAID, ""));
    assertThat(first().isFlagged()).isFalse();
  }

  @Test
  void sidecarComesBeforeThePicture() throws IOException {
    take("not-allowed.png");
    Files.writeString(folder.resolve("a.c2pa.json"), SAYING.formatted("cawg", "cawg", "allowed"));
    assertThat(first().use()).isEqualTo(Use.ALLOWED);
    String nearer = SAYING.formatted("c2pa", "c2pa", "constrained");
    Files.writeString(folder.resolve("a.png.c2pa.json"), nearer);
    assertThat(first().use()).isEqualTo(Use.CONSTRAINED);
  }

  @Test
  void sidecarOfAStoreTellsOfItsActiveManifest() throws IOException {
    String store =
        "{\"active_manifest\":\"two\",\"manifests\":{\"one\":"
            + SAYING.formatted("cawg", "cawg", "allowed")
            + ",\"two\":"
            + SAYING.formatted("cawg", "cawg", "notAllowed")
            + "}}";
    Files.writeString(folder.resolve("z-silent.c2pa.json"), store);
    assertThat(first().use()).isEqualTo(Use.NOT_ALLOWED);
  }

  @Test
  void detachedStoreIsRead() throws IOException {
    Files.write(folder.resolve("z-silent.c2pa"), store());
    assertThat(first().use()).isEqualTo(Use.NOT_ALLOWED);
  }

  private static byte[] store() throws IOException {
    byte[] png = Files.readAllBytes(GOLDEN.resolve("not-allowed.png"));
    return ManifestStore.in(png).orElseThrow();
  }

  /** A store longer than a segment goes on in the next, as ISO 19566-5 has it. */
  @Test
  void storeInSeveralSegmentsOfAJpegIsReadWhole() throws IOException {
    byte[] store = store();
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD8});
    int number = 1;
    for (int at = 0; at < store.length; at += 1000) {
      byte[] part = Arrays.copyOfRange(store, at, Math.min(store.length, at + 1000));
      byte[] header = at == 0 ? new byte[0] : Arrays.copyOf(store, 8);
      ByteBuffer segment = ByteBuffer.allocate(12 + header.length + part.length);
      segment.putShort((short) 0xFFEB).putShort((short) (segment.capacity() - 2));
      segment.putShort((short) 0x4A50).putShort((short) 211).putInt(number++);
      jpeg.writeBytes(segment.put(header).put(part).array());
    }
    jpeg.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xDA, 0, 2});
    assertThat(number).isGreaterThan(3);
    assertThat(ManifestStore.in(jpeg.toByteArray())).hasValue(store);
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    Files.writeString(folder.resolve("z-silent.c2pa.json"), "{");
    assertThat(first().use()).isEqualTo(Use.UNREADABLE);
    assertThat(first().words()).contains("is not valid JSON");
    Files.writeString(
        folder.resolve("z-silent.c2pa.json"), SAYING.formatted("cawg", "cawg", "yes\\u001b[2J"));
    assertThat(first()).isEqualTo(new TrainingConsent(Use.UNREADABLE, "use is 'yes\\u001b[2J'"));
  }

  @Test
  void sidecarThatIsALinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.createTempDirectory(folder.getParent(), "elsewhere").resolve("x");
    Files.writeString(elsewhere, SAYING.formatted("cawg", "cawg", "allowed"));
    Files.createSymbolicLink(folder.resolve("z-silent.c2pa.json"), elsewhere);
    assertThat(first().use()).isEqualTo(Use.UNREADABLE);
    assertThat(first().words()).contains("is a link");
  }

  /** Each start of a store, and a thousand stores with wrong bytes: an answer or an IOException. */
  @Test
  void damagedStoresNeitherEndlesslyRunNorBreakOtherwise() throws IOException {
    byte[] store = store();
    byte[] png = Files.readAllBytes(GOLDEN.resolve("not-allowed.png"));
    byte[] jpeg = Files.readAllBytes(GOLDEN.resolve("constrained.jpg"));
    int read = 0;
    for (int length = 0; length < store.length; length++) {
      read += isRead(Arrays.copyOf(store, length)) ? 1 : 0;
    }
    assertThat(read).isZero();
    RandomStream random = Seed.of(3).child("damage").stream();
    for (int trial = 0; trial < 1000; trial++) {
      for (byte[] whole : new byte[][] {store, png, jpeg}) {
        byte[] damaged = whole.clone();
        for (int k = 0; k < 4; k++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        isRead(damaged);
      }
    }
  }

  private static boolean isRead(byte[] bytes) {
    try {
      byte[] store = ManifestStore.in(bytes).orElse(bytes);
      return ManifestStore.assertion(store, "cawg.training-mining").isPresent();
    } catch (IOException e) {
      return false;
    }
  }
}
