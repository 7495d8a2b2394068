package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.score.PixelMask;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplorerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SECRET = "nobody-may-read-this-3141592653";

  @TempDir static Path shared;

  private static ExplorerSources sources;
  private static Explorer explorer;
  private static Visitor visitor;
  private static List<Trajectory> targets;

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectory(shared.resolve("run"));
    sources = TinyRun.in(folder);
    Files.writeString(folder.resolve("secret.txt"), SECRET);
    Files.writeString(shared.resolve("secret.txt"), SECRET);
    explorer = Explorer.start(sources, 0, TestContext.TWO);
    visitor = new Visitor(explorer);
    targets = TrajectoryFile.read(sources.target());
  }

  @AfterAll
  static void end() {
    explorer.close();
  }

  private static String question(String client, int target, int step, String more) {
    return "{\"client\":\""
        + client
        + "\",\"target\":"
        + target
        + ",\"step\":"
        + step
        + ",\"estimator\":\"ek-fac\""
        + more
        + "}";
  }

  private static int step(int place) {
    return targets.get(0).timesteps()[place];
  }

  /** The answers of a stream, the lengths of chunks and beats passed over. */
  private static List<JsonNode> answers(String response) throws IOException {
    assertThat(Visitor.status(response)).as(response).isEqualTo(200);
    List<JsonNode> found = new ArrayList<>();
    for (String line : Visitor.body(response).split("\r?\n")) {
      if (line.startsWith("{")) {
        found.add(MAPPER.readTree(line));
      }
    }
    return found;
  }

  private static float[] scores(JsonNode answer) {
    byte[] bytes = Base64.getDecoder().decode(answer.path("scores").asText());
    float[] scores = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(scores);
    return scores;
  }

  @Test
  void thePageIsGivenToWhoHasTheAddress() throws IOException {
    String host = "Host: 127.0.0.1:" + visitor.port() + "\r\nConnection: close\r\n\r\n";
    String page = visitor.send("GET /?" + visitor.query() + " HTTP/1.1\r\n" + host);
    assertThat(Visitor.status(page)).isEqualTo(200);
    assertThat(page)
        .contains("<title>Journey explorer</title>", "nosniff", "frame-ancestors 'none'")
        .containsPattern("Set-Cookie: journey-\\d+=[0-9a-f]{48}; Path=/; HttpOnly; SameSite=Strict")
        .doesNotContain("Jetty");
    assertThat(Visitor.status(visitor.get("/"))).isEqualTo(200);
    for (String file :
        List.of(
            "/page.css",
            "/explorer.css",
            "/explorer.js",
            "/alive.js",
            "/ask.js",
            "/bring.js",
            "/cards.js",
            "/columns.js",
            "/draw.js",
            "/drawing.js",
            "/every.js",
            "/heat.js",
            "/image.js",
            "/keys.js",
            "/link.js",
            "/lists.js",
            "/make.js",
            "/page.js",
            "/panel.js",
            "/questions.js",
            "/save.js",
            "/icon.svg")) {
      assertThat(Visitor.status(visitor.get(file))).as(file).isEqualTo(200);
    }
  }

  /** Another site's page, another user's program, a name that was bent to this machine. */
  @Test
  void nobodyElseGetsAnything() throws IOException {
    String own = visitor.own();
    String token = visitor.query().substring("token=".length());
    String wrong = token.substring(1) + (token.startsWith("0") ? "1" : "0");
    List<String> strangers =
        List.of(
            own.replaceAll("Cookie: .*\r\n", ""),
            own.replace(token, wrong),
            own.replace(token, ""),
            own.replace("Host: 127.0.0.1", "Host: evil.example"),
            own.replaceAll("Host: .*\r\n", "Host: 127.0.0.1\r\n"),
            own.replaceAll("Host: .*\r\n", ""),
            own.replace("Origin: http://127.0.0.1", "Origin: http://evil.example"),
            own.replace("Origin: http://", "Origin: https://"),
            own.replaceAll("Origin: .*\r\n", "Origin: null\r\n"));
    for (String headers : strangers) {
      for (String first : List.of("GET /api/run", "GET /", "GET /explorer.js", "POST /api/ask")) {
        String answer =
            visitor.send(first + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
        assertThat(Visitor.status(answer)).as(first + "\n" + headers).isBetween(400, 403);
        assertThat(answer).doesNotContain("Set-Cookie").doesNotContain("tiny");
      }
    }
    String noOrigin = own.replaceAll("Origin: .*\r\n", "");
    assertThat(
            Visitor.status(
                visitor.send(
                    "POST /api/ask HTTP/1.1\r\n" + noOrigin + "Connection: close\r\n\r\n")))
        .isEqualTo(403);
    String elsewhere = "GET /api/run?" + visitor.query() + " HTTP/1.1\r\n";
    String bare = "Host: 127.0.0.1:" + visitor.port() + "\r\nConnection: close\r\n\r\n";
    assertThat(Visitor.status(visitor.send(elsewhere + bare))).isEqualTo(403);
    assertThat(
            Visitor.status(visitor.send("PUT / HTTP/1.1\r\n" + own + "Connection: close\r\n\r\n")))
        .isEqualTo(405);
  }

  @Test
  void picturesAreGivenByNumberAlone() throws IOException {
    JsonNode run = MAPPER.readTree(Visitor.body(visitor.get("/api/run")));
    String at = "/picture/" + run.path("key").asText();
    for (String picture :
        List.of("/target/1", "/image/23", "/xt/0/" + step(3), "/x0/1/" + step(9))) {
      String answer = visitor.get(at + picture);
      assertThat(Visitor.status(answer)).as(picture).isEqualTo(200);
      assertThat(Visitor.body(answer)).contains("PNG");
    }
    for (String none :
        List.of(
            "/target/77",
            "/image/24",
            "/xt/0/1000",
            "/xt/0",
            "/image/1/1",
            "/image/-1",
            "/image/99999999999",
            "/target/..%2f..%2fsecret.txt")) {
      assertThat(Visitor.status(visitor.get(at + none))).as(none).isBetween(400, 404);
    }
    assertThat(Visitor.status(visitor.get("/picture/0123456789abcdef/target/1"))).isEqualTo(404);
  }

  @Test
  void theLastAnswerIsThatOfAttribute() throws IOException {
    List<JsonNode> found =
        answers(
            visitor.post(
                "/api/ask",
                question(
                    "a", 1, step(4), ",\"draws\":16,\"seed\":3,\"mask\":{\"rect\":[1,2,4,5]}")));
    assertThat(found).hasSizeGreaterThan(1);
    JsonNode last = found.get(found.size() - 1);
    assertThat(last.path("finished").asBoolean()).isTrue();
    assertThat(last.path("draws").asInt()).isEqualTo(16);
    assertThat(found.get(0).path("finished").asBoolean()).isFalse();
    float[] expected =
        Attributor.of(Ensemble.open(sources.checkpoints()), FeatureStore.open(sources.features()))
            .withDraws(16)
            .withSeed(3)
            .withMask(PixelMask.parse("1,2,4,5", targets.get(0).shape()))
            .attribute(targets.get(1), Timesteps.of(step(4)), TestContext.TWO)
            .scores(0, 0);
    float largest = 0;
    for (float score : expected) {
      largest = Math.max(largest, Math.abs(score));
    }
    assertThat(scores(last)).containsExactly(expected, within(2e-4f * largest));
  }

  @Test
  void aPaintedRectangleIsTheRectangle() throws IOException {
    List<JsonNode> drawn =
        answers(
            visitor.post(
                "/api/ask",
                question("b", 0, step(5), ",\"draws\":6,\"mask\":{\"rect\":[0,0,8,3]}")));
    List<JsonNode> painted =
        answers(
            visitor.post(
                "/api/ask",
                question("b", 0, step(5), ",\"draws\":6,\"mask\":{\"runs\":[0,24,40]}")));
    List<JsonNode> all =
        answers(
            visitor.post(
                "/api/ask", question("b", 0, step(5), ",\"draws\":6,\"mask\":{\"runs\":[0,64]}")));
    List<JsonNode> whole =
        answers(visitor.post("/api/ask", question("b", 0, step(5), ",\"draws\":6")));
    float[] last = scores(drawn.get(drawn.size() - 1));
    assertThat(scores(painted.get(painted.size() - 1))).containsExactly(last);
    assertThat(scores(all.get(all.size() - 1)))
        .containsExactly(scores(whole.get(whole.size() - 1)))
        .isNotEqualTo(last);
  }

  @Test
  void anAnswerOverStepsHasOneOfEach() throws IOException {
    List<JsonNode> found = answers(visitor.post("/api/steps", question("c", 0, step(5), "")));
    List<Integer> steps =
        found.stream()
            .filter(a -> a.path("finished").asBoolean())
            .map(a -> a.path("step").asInt())
            .toList();
    assertThat(steps)
        .containsExactlyElementsOf(Arrays.stream(targets.get(0).timesteps()).boxed().toList());
  }

  @Test
  void severalPeopleAreAnsweredAtOnceAsEachAlone() throws Exception {
    String first = question("d1", 0, step(2), ",\"draws\":14");
    String second = question("d2", 1, step(7), ",\"draws\":14");
    float[] one = last(visitor.post("/api/ask", first));
    float[] other = last(visitor.post("/api/ask", second));
    List<CompletableFuture<float[]>> together = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String asked = (i % 2 == 0 ? first : second).replaceAll("d[12]", "e" + i);
      together.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return last(visitor.post("/api/ask", asked));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (int i = 0; i < 6; i++) {
      assertThat(together.get(i).get()).containsExactly(i % 2 == 0 ? one : other);
    }
  }

  /** Who can wait is answered when nobody else waits, though it asked first and for less. */
  @Test
  void aPatientQuestionWaitsForTheOthers() throws Exception {
    String first = question("w1", 0, step(2), ",\"draws\":80,\"patient\":true");
    String second = question("w2", 1, step(7), ",\"draws\":160");
    List<String> ended = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<?> patient = asked(first, () -> ended.add("patient"));
    CompletableFuture<?> other = asked(second, () -> ended.add("other"));
    CompletableFuture.allOf(patient, other).get();
    assertThat(ended).containsExactly("other", "patient");
  }

  private static CompletableFuture<?> asked(String question, Runnable then) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            assertThat(last(visitor.post("/api/ask", question))).hasSize(TinyRun.IMAGES);
            then.run();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  static float[] last(String response) throws IOException {
    List<JsonNode> found = answers(response);
    assertThat(found.get(found.size() - 1).path("finished").asBoolean()).isTrue();
    return scores(found.get(found.size() - 1));
  }

  /** Who asks anew has no use for the rest of the old answer. */
  @Test
  void aFurtherQuestionEndsTheOneBefore() throws IOException {
    byte[] asked = question("f", 0, step(1), ",\"draws\":400").getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /api/ask HTTP/1.1\r\n"
            + visitor.own()
            + "Connection: close\r\nContent-Length: "
            + asked.length
            + "\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", visitor.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(asked);
      InputStream in = socket.getInputStream();
      StringBuilder begun = new StringBuilder();
      while (begun.indexOf("\"draws\"") < 0) {
        begun.append((char) in.read());
      }
      assertThat(answers(visitor.post("/api/ask", question("f", 0, step(2), ",\"draws\":2"))))
          .isNotEmpty();
      String rest = begun + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(rest).contains("\"finished\":false").doesNotContain("\"finished\":true");
    }
  }

  @Test
  void wrongQuestionsAreRefusedInALine() throws IOException {
    int t = step(3);
    List<String> wrong =
        List.of(
            "",
            "[]",
            "{",
            "{}",
            "\u0000",
            question("g", 77, t, ""),
            question("g", -1, t, ""),
            question("g", 0, t + 1, ""),
            question("../g", 0, t, ""),
            question("g", 0, t, ",\"draws\":0"),
            question("g", 0, t, ",\"draws\":1e9"),
            question("g", 0, t, ",\"steps\":13"),
            question("g", 0, t, ",\"seed\":-1"),
            question("g", 0, t, ",\"seed\":99999999999999999999"),
            question("g", 0, t, "").replace("ek-fac", "trak"),
            question("g", 0, t, ",\"mask\":{}"),
            question("g", 0, t, ",\"mask\":{\"rect\":[0,0,9,1]}"),
            question("g", 0, t, ",\"mask\":{\"rect\":[0,0,1]}"),
            question("g", 0, t, ",\"mask\":{\"rect\":[0,0,0,0]}"),
            question("g", 0, t, ",\"mask\":{\"rect\":\"a\"}"),
            question("g", 0, t, ",\"mask\":{\"runs\":[]}"),
            question("g", 0, t, ",\"mask\":{\"runs\":[64]}"),
            question("g", 0, t, ",\"mask\":{\"runs\":[0,65]}"),
            question("g", 0, t, ",\"mask\":{\"runs\":[5,-1]}"),
            question("g", 0, t, ",\"mask\":{\"runs\":[0,2147483647,2147483647]}"),
            "{\"client\":".repeat(5000));
    for (String body : wrong) {
      String answer = visitor.post("/api/ask", body);
      assertThat(Visitor.status(answer)).as(body).isEqualTo(400);
      assertThat(Visitor.body(answer).strip()).hasSizeLessThan(120).doesNotContain("\n");
    }
    String long256 = "{\"client\":\"" + "x".repeat(300_000) + "\"}";
    // Who is still sending when it is refused may hear nothing.
    assertThat(Visitor.status(visitor.post("/api/ask", long256))).isIn(413, 0);
  }

  /** Whatever is sent: a short answer or none, nothing of the machine, and the server goes on. */
  @Test
  void aThousandMalformedRequestsDoNoHarm() throws IOException {
    RandomStream random = Seed.of(18).child("malformed").stream();
    for (int n = 0; n < 1000; n++) {
      byte[] request = MalformedRequests.next(visitor, random);
      String answer = visitor.send(request);
      String what = "request " + n + ": " + new String(request, StandardCharsets.ISO_8859_1);
      assertThat(answer)
          .as(what)
          .doesNotContain(SECRET)
          .doesNotContain("\tat ")
          .doesNotContain("Exception")
          .doesNotContain("root:")
          .doesNotContain(shared.toString());
      int status = Visitor.status(answer);
      assertThat(status)
          .as(what)
          .isIn(0, 200, 400, 403, 404, 405, 408, 413, 414, 415, 426, 431, 501, 503, 505);
      if (status >= 400) {
        assertThat(Visitor.body(answer).length()).as(what).isLessThan(300);
      }
    }
    assertThat(Visitor.status(visitor.get("/api/run"))).isEqualTo(200);
    assertThat(last(visitor.post("/api/ask", question("h", 0, step(4), ",\"draws\":4"))))
        .hasSize(TinyRun.IMAGES);
  }

  /** A seed draws what sample draws as the first image of that seed; then it can be asked about. */
  @Test
  void aPictureIsDrawnWhileOneWatchesAndAskedAbout() throws IOException {
    String wish = "{\"prompt\":\"\",\"class\":-1,\"seed\":5}";
    List<JsonNode> lines = answers(visitor.post("/api/draw", wish));
    int steps = targets.get(0).timesteps().length;
    assertThat(lines).hasSize(steps + 1);
    for (int place = 0; place < steps; place++) {
      assertThat(lines.get(place).path("step").asInt()).isEqualTo(step(place));
      assertThat(lines.get(place).path("xt").asText()).startsWith("data:image/");
    }
    int number = lines.get(steps).path("target").asInt();
    assertThat(number).isGreaterThanOrEqualTo(targets.size());
    assertThat(lines.get(steps).path("wish").path("seed").asInt()).isEqualTo(5);
    String ofFile = question("j", 0, step(6), ",\"draws\":6");
    String drawn = question("j", number, step(6), ",\"draws\":6");
    assertThat(last(visitor.post("/api/ask", drawn)))
        .containsExactly(last(visitor.post("/api/ask", ofFile)));
    for (String wrong :
        List.of(
            "{}",
            wish.replace("5", "-1"),
            wish.replace("5", "1e3"),
            wish.replace("-1", "-2"),
            wish.replace("\"\"", "\"" + "x".repeat(301) + "\""))) {
      assertThat(Visitor.status(visitor.post("/api/draw", wrong))).as(wrong).isEqualTo(400);
    }
  }

  /** A page that is closed in the middle costs nobody anything. */
  @Test
  void whoGoesAwayIsForgotten() throws IOException {
    for (int n = 0; n < 60; n++) {
      byte[] body =
          question("gone" + n, 0, step(n % 10), ",\"draws\":400").getBytes(StandardCharsets.UTF_8);
      try (Socket socket = new Socket("127.0.0.1", visitor.port())) {
        String head =
            "POST /api/ask HTTP/1.1\r\n"
                + visitor.own()
                + "Content-Length: "
                + body.length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        socket.setSoLinger(true, 0);
        if (n % 3 == 0) {
          socket.getInputStream().read();
        }
      }
    }
    long end = System.nanoTime() + 60_000_000_000L;
    String answer = "";
    while (Visitor.status(answer) != 200 && System.nanoTime() < end) {
      answer = visitor.post("/api/ask", question("after", 0, step(4), ",\"draws\":4"));
    }
    assertThat(last(answer)).hasSize(TinyRun.IMAGES);
  }

  /** Each column gives each image one group or none; near-duplicates are one of them. */
  @Test
  void imagesHaveGroupsByColumns() throws IOException {
    JsonNode run = MAPPER.readTree(Visitor.body(visitor.get("/api/run")));
    List<String> columns = new ArrayList<>();
    run.path("columns").forEach(column -> columns.add(column.asText()));
    assertThat(columns).startsWith("class").endsWith("duplicates").doesNotContain("folder");
    JsonNode classes = MAPPER.readTree(Visitor.body(visitor.get("/api/groups?column=0")));
    byte[] members = Base64.getDecoder().decode(classes.path("members").asText());
    int[] places = new int[TinyRun.IMAGES];
    ByteBuffer.wrap(members).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(places);
    for (int i = 0; i < places.length; i++) {
      assertThat(classes.path("names").path(places[i]).asText())
          .isEqualTo(sources.data().condition(i).words(sources.data().classNames()));
    }
    int last = columns.size() - 1;
    assertThat(Visitor.status(visitor.get("/api/groups?column=" + last))).isIn(200, 409);
    assertThat(Visitor.status(visitor.get("/api/groups?column=" + columns.size()))).isEqualTo(404);
    assertThat(Visitor.status(visitor.get("/api/groups?column=class"))).isEqualTo(400);
    assertThat(Visitor.status(visitor.get("/api/groups"))).isEqualTo(400);
  }

  @Test
  void aFinishedAnswerHasAMarginOfEachScore() throws IOException {
    List<JsonNode> found =
        answers(visitor.post("/api/ask", question("m", 0, step(4), ",\"draws\":16")));
    byte[] bytes = Base64.getDecoder().decode(found.get(found.size() - 1).path("margins").asText());
    float[] margins = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(margins);
    assertThat(margins).hasSize(TinyRun.IMAGES);
    for (float margin : margins) {
      assertThat(margin).isNotNegative().isFinite();
    }
    assertThat(found.get(0).has("margins")).as("a first answer knows none").isFalse();
  }

  @Test
  void nothingOfTheRunIsChanged() throws IOException {
    Map<String, String> before = files();
    assertThat(Visitor.status(visitor.get("/"))).isEqualTo(200);
    last(visitor.post("/api/ask", question("i", 0, step(4), ",\"draws\":4")));
    assertThat(Visitor.status(visitor.get("/api/near?image=3"))).isEqualTo(200);
    assertThat(files()).isEqualTo(before);
  }

  private static Map<String, String> files() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(shared)) {
      for (Path file : all.toList()) {
        found.put(
            file.toString(),
            Files.getLastModifiedTime(file)
                + (Files.isRegularFile(file) ? " " + Files.size(file) : ""));
      }
    }
    return found;
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() {
    assertThatThrownBy(() -> Explorer.start(sources, visitor.port(), TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("--port");
  }
}
