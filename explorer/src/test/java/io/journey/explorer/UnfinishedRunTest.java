package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.journey.run.JourneyException;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is still being written, and a server that is started again. */
class UnfinishedRunTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir static Path shared;

  private static ExplorerSources finished;

  @BeforeAll
  static void make() {
    finished = TinyRun.in(shared);
  }

  private static ExplorerSources with(Path features, boolean waits) {
    return new ExplorerSources(
        "tiny",
        finished.checkpoints(),
        features,
        waits,
        finished.target(),
        finished.data(),
        List.of());
  }

  private static JsonNode json(Visitor visitor, String path) throws IOException {
    return MAPPER.readTree(Visitor.body(visitor.get(path)));
  }

  @Test
  void featuresAreOpenedWhenTheyAreFinished() throws Exception {
    Path later = shared.resolve("later");
    try (Explorer explorer = Explorer.start(with(later, true), 0, TestContext.TWO)) {
      Visitor visitor = new Visitor(explorer);
      JsonNode before = json(visitor, "/api/run");
      assertThat(before.path("missing").asText()).contains("not finished", later.toString());
      assertThat(before.path("estimators")).isEmpty();
      assertThat(before.path("targets")).hasSize(2);
      int step = before.path("targets").path(0).path("timesteps").path(3).asInt();
      String at = "/picture/" + before.path("key").asText() + "/x0/1/" + step;
      assertThat(Visitor.status(visitor.get(at))).isEqualTo(200);
      String question =
          "{\"client\":\"a\",\"target\":0,\"step\":"
              + step
              + ",\"estimator\":\"ek-fac\",\"draws\":4}";
      assertThat(Visitor.status(visitor.post("/api/ask", question))).isEqualTo(409);
      copy(finished.features(), later);
      for (int waited = 0; json(visitor, "/api/state").hasNonNull("missing"); waited++) {
        assertThat(waited).as("seconds").isLessThan(60);
        Thread.sleep(1000);
      }
      assertThat(json(visitor, "/api/run").path("estimators").path(0).path("name").asText())
          .isEqualTo("ek-fac");
      assertThat(ExplorerTest.last(visitor.post("/api/ask", question))).hasSize(TinyRun.IMAGES);
    }
  }

  /** The manifest comes last, as a stage writes it. */
  static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (var all = Files.walk(from)) {
      files = all.toList();
    }
    for (Path file : files) {
      Path place = to.resolve(from.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(place);
      } else if (!from.relativize(file).toString().equals("manifest.json")) {
        Files.copy(file, place);
      }
    }
    Files.copy(from.resolve("manifest.json"), to.resolve("manifest.json.new"));
    Files.move(to.resolve("manifest.json.new"), to.resolve("manifest.json"));
  }

  @Test
  void featuresThatNobodyWaitsForMustBeThere() {
    assertThatThrownBy(
            () -> Explorer.start(with(shared.resolve("none"), false), 0, TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aKeptTokenLetsInAfterARestartAndARandomOneDoesNot() throws IOException {
    Path file = shared.resolve("token");
    Visitor before;
    int port;
    try (Explorer first = Explorer.start(finished, 0, AccessToken.kept(file), TestContext.TWO)) {
      before = new Visitor(first);
      port = before.port();
      assertThat(Visitor.status(before.get("/api/run"))).isEqualTo(200);
    }
    try (Explorer second =
        Explorer.start(finished, port, AccessToken.kept(file), TestContext.TWO)) {
      assertThat(second.address()).contains(before.query());
      assertThat(Visitor.status(before.get("/api/run"))).isEqualTo(200);
    }
    try (Explorer third = Explorer.start(finished, port, TestContext.TWO)) {
      assertThat(third.address()).doesNotContain(before.query());
      assertThat(Visitor.status(before.get("/api/run"))).isEqualTo(403);
    }
  }
}
