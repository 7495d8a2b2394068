package io.journey.benchmarks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that once ended in a fault, made as small as they go. {@code examples.json} says of each
 * which original's file it takes the place of, what happened once, and what must happen.
 */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("src/test/resources/hostile").toAbsolutePath();

  @TempDir static Path scratch;
  private static Campaign campaign;
  private static WorkerProcess process;

  @BeforeAll
  static void makeOriginals() throws IOException {
    campaign = Campaign.prepare(Path.of(".."), scratch, 1, false);
    process = new WorkerProcess(campaign.corpus(), scratch.resolve("work"));
  }

  @AfterAll
  static void end() throws IOException {
    process.close();
  }

  @TestFactory
  Stream<DynamicTest> whatOnceFailedIsReadOrRefused() {
    ObjectNode list = Json.read(EXAMPLES.resolve("examples.json"));
    return StreamSupport.stream(list.get("examples").spliterator(), false)
        .map(e -> DynamicTest.dynamicTest(e.get("file").asText(), () -> check(e)));
  }

  private static void check(JsonNode example) throws IOException, InterruptedException {
    Outcome outcome =
        process.run(
            String.join(
                "\t",
                "file",
                example.get("original").asText(),
                "0",
                example.get("in_place_of").asText(),
                EXAMPLES.resolve(example.get("file").asText()).toString()));
    assertThat(outcome.verdict().word())
        .as(example.get("once").asText() + "; now: " + outcome.detail())
        .isEqualTo(example.get("expected").asText());
  }
}
