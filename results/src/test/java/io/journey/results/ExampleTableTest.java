package io.journey.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.run.JourneyException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleTableTest {
  @TempDir Path folder;

  @BeforeEach
  void makeTwo() throws IOException {
    for (String name : new String[] {"cat/a", "dog/b"}) {
      Files.createDirectories(folder.resolve(name).getParent());
      BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
    }
    Files.writeString(folder.resolve("cat/a.txt"), "=a \"cat\", asleep\u0007\na second");
    Files.writeString(folder.resolve("dog/b.txt"), "a dog");
  }

  private ExampleTable.Example first(Dataset data) throws IOException {
    return ExampleTable.read(Files.writeString(folder.resolve("t.csv"), ExampleTable.of(data)))
        .get(0);
  }

  @Test
  void withoutCaptionsItHasTheBytesItAlwaysHad() throws IOException {
    Dataset data = Datasets.open(folder.toString());
    assertThat(ExampleTable.of(data))
        .isEqualTo("index,id,label,class\n0,cat/a.png,0,cat\n1,dog/b.png,1,dog\n");
    assertThat(first(data)).isEqualTo(new ExampleTable.Example("cat/a.png", "cat", ""));
  }

  @Test
  void theFirstCaptionIsAColumnWhereCaptionsAreAskedFor() throws IOException {
    Dataset data = Datasets.open(folder.toString()).captioned();
    assertThat(ExampleTable.of(data))
        .startsWith("index,id,label,class,caption\n")
        .endsWith("\n1,dog/b.png,1,dog,a dog\n")
        .doesNotContain("a second", ",=a", "\u0007");
    assertThat(first(data))
        .isEqualTo(new ExampleTable.Example("cat/a.png", "cat", "=a \"cat\", asleep\u0007"));
  }

  @Test
  void otherColumnsAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), "index,id,label,class,captions\n");
    assertThatThrownBy(() -> ExampleTable.read(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no table of index,id,label,class");
  }
}
