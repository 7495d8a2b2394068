package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.report.PagePicture;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.score.Refinement.RefinedScores;
import io.journey.score.TargetDraws;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What the explorer has to give: its page, pictures by number, and answers. */
final class Pages extends Handler.Abstract {
  private static final String SCRIPT = "text/javascript;charset=utf-8";

  /** The look of reports is the look of this page, too. */
  private static final String REPORT_STYLE = "/page.css";

  /** The files of the page. Nothing else is read from anywhere. */
  private static final Map<String, String> FILES =
      Map.of(
          "/",
          "text/html;charset=utf-8",
          REPORT_STYLE,
          "text/css;charset=utf-8",
          "/explorer.css",
          "text/css;charset=utf-8",
          "/explorer.js",
          SCRIPT,
          "/ask.js",
          SCRIPT,
          "/draw.js",
          SCRIPT,
          "/lists.js",
          SCRIPT,
          "/panel.js",
          SCRIPT,
          "/save.js",
          SCRIPT,
          "/icon.svg",
          "image/svg+xml");

  private static final int MAX_BODY = 256 << 10;
  private static final int NEAR = 12;

  /** Steps at which an answer over steps is given, and its draws at each. */
  private static final int SWEEP = 12;

  private static final int SWEEP_DRAWS = 4;

  /** How often a page that waits is written to: so one that is gone is noticed. */
  private static final long BEAT = 1000;

  private static final Pattern PICTURE =
      Pattern.compile("/picture/([0-9a-f]+)/(target|xt|x0|image)/(\\d{1,9})(?:/(\\d{1,9}))?");

  private final ExploredRun run;
  private final RunPictures pictures;
  private final Answers answers;
  private final CompletableFuture<NearestPictures> nearest;
  private final DrawingStream drawings;
  private final String key;

  /**
   * @param key a part of the addresses of pictures: browsers may keep them, as the next start has
   *     another
   */
  Pages(
      ExploredRun run,
      RunPictures pictures,
      Answers answers,
      CompletableFuture<NearestPictures> nearest,
      String key) {
    this.run = run;
    this.pictures = pictures;
    this.answers = answers;
    this.nearest = nearest;
    this.drawings = new DrawingStream(run);
    this.key = key;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      String path = Request.getPathInContext(request);
      if (HttpMethod.GET.is(request.getMethod())) {
        get(path, request.getHttpURI().getQuery(), response, callback);
      } else if (HttpMethod.POST.is(request.getMethod())) {
        post(path, request, response);
        callback.succeeded();
      } else {
        throw new Refused(405, "The explorer takes GET and POST.");
      }
    } catch (Refused e) {
      Lines.end(response, callback, e.status(), e.getMessage());
    } catch (IOException e) {
      callback.failed(e); // The page is gone.
    } catch (JourneyException e) {
      Lines.end(response, callback, 500, e.getMessage());
    }
    return true;
  }

  private void get(String path, String query, Response response, Callback callback)
      throws IOException {
    Matcher picture = PICTURE.matcher(path);
    if (FILES.containsKey(path)) {
      send(response, callback, FILES.get(path), file(path));
    } else if (picture.matches()) {
      byte[] bytes = picture(picture);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "private, max-age=86400, immutable");
      send(response, callback, bytes[0] == (byte) 0xFF ? "image/jpeg" : "image/png", bytes);
    } else if (path.equals("/api/run")) {
      send(response, callback, RunDescription.of(run, key));
    } else if (path.equals("/api/images")) {
      send(response, callback, RunDescription.images(run));
    } else if (path.equals("/api/near")) {
      send(response, callback, near(query));
    } else {
      throw new Refused(404, "There is nothing here.");
    }
  }

  private static byte[] file(String path) throws IOException {
    String name = path.equals("/") ? "explorer.html" : path.substring(1);
    Class<?> beside = path.equals(REPORT_STYLE) ? PagePicture.class : Pages.class;
    try (InputStream in = beside.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private byte[] picture(Matcher asked) {
    if (!asked.group(1).equals(key)) {
      throw new Refused(404, "This picture is of an earlier start: load the page again.");
    }
    String kind = asked.group(2);
    boolean ofTarget = !kind.equals("image");
    int number = below(asked.group(3), ofTarget ? run.targets().size() : run.features().size());
    boolean atStep = kind.equals("xt") || kind.equals("x0");
    if (atStep != (asked.group(4) != null)) {
      throw new Refused(404, "There is no such picture.");
    }
    if (!ofTarget) {
      return pictures.image(number);
    }
    if (!atStep) {
      return pictures.target(number);
    }
    int step = Integer.parseInt(asked.group(4));
    for (int t : run.targets().get(number).timesteps()) {
      if (t == step) {
        return kind.equals("xt") ? pictures.noisy(number, step) : pictures.predicted(number, step);
      }
    }
    throw new Refused(404, "The target has no such step.");
  }

  private static int below(String digits, int end) {
    int number = Integer.parseInt(digits);
    if (number >= end) {
      throw new Refused(404, "There is no such picture.");
    }
    return number;
  }

  private ObjectNode near(String query) {
    if (query == null || !query.matches("image=\\d{1,9}")) {
      throw new Refused(400, "image must be a number.");
    }
    int image = below(query.substring("image=".length()), run.features().size());
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("near");
    try {
      for (NearestPictures.Near near : nearest.get().to(image, NEAR)) {
        list.addObject().put("image", near.image()).put("distance", near.distance());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new Refused(503, "The training images cannot be compared.");
    }
    return out;
  }

  private void post(String path, Request request, Response response) throws IOException {
    if (path.equals("/api/draw")) {
      Wish wish = Wish.read(body(request));
      drawings.begin();
      begin(response);
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        drawings.tell(wish, out);
      }
      return;
    }
    boolean sweep = path.equals("/api/steps");
    if (!sweep && !path.equals("/api/ask")) {
      throw new Refused(404, "There is nothing here.");
    }
    Question question = Question.read(body(request), run);
    Asked asked = sweep ? sweep(question) : ask(question);
    answers.ask(asked);
    begin(response);
    try {
      tell(asked, response);
    } finally {
      asked.cancel();
    }
  }

  private static void begin(Response response) {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-ndjson");
  }

  private Asked ask(Question question) {
    return new Asked(question.client(), List.of(work(question, question.step(), question.draws())));
  }

  private Asked sweep(Question question) {
    TargetDraws few =
        new TargetDraws(SWEEP_DRAWS, question.draws().seed(), question.draws().masks());
    List<Asked.Work> work = new ArrayList<>();
    int[] steps = run.targets().get(question.target()).timesteps();
    for (int step : Question.spread(steps, SWEEP)) {
      work.add(work(question, step, few));
    }
    return new Asked(question.client(), work);
  }

  private Asked.Work work(Question question, int step, TargetDraws draws) {
    return new Asked.Work(
        step,
        run.checkpoints()
            .ask(question.estimator(), run.targets().get(question.target()), step, draws));
  }

  private static byte[] body(Request request) throws IOException {
    if (request.getLength() > MAX_BODY) {
      throw new Refused(413, "The question is too long.");
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] body = in.readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        throw new Refused(413, "The question is too long.");
      }
      return body;
    }
  }

  /** Writes a line for each answer, as it is found. */
  private static void tell(Asked asked, Response response) throws IOException {
    OutputStream out = Content.Sink.asOutputStream(response);
    try {
      while (!asked.isOver()) {
        Asked.Event event = asked.next(BEAT);
        out.write(event == null ? new byte[] {'\n'} : line(event));
        out.flush();
      }
      if (asked.failure() != null) {
        String why =
            asked.failure() instanceof JourneyException e
                ? e.getMessage()
                : "The question could not be answered.";
        out.write((Json.object().put("failure", why) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      out.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] line(Asked.Event event) {
    RefinedScores answer = event.scores();
    ObjectNode out = Json.object();
    out.put("step", event.step()).put("draws", answer.draws()).put("ofDraws", answer.ofDraws());
    out.put("checkpoints", answer.checkpoints()).put("ofCheckpoints", answer.ofCheckpoints());
    out.put("shared", answer.shared()).put("settled", answer.settled());
    if (!Double.isNaN(answer.error())) {
      out.put("error", answer.error());
    }
    out.put("finished", answer.isFinished()).put("stable", answer.isStable());
    out.put("milliseconds", Math.round(event.milliseconds()));
    ByteBuffer numbers =
        ByteBuffer.allocate(Float.BYTES * answer.scores().length).order(ByteOrder.LITTLE_ENDIAN);
    numbers.asFloatBuffer().put(answer.scores());
    out.put("scores", Base64.getEncoder().encodeToString(numbers.array()));
    return (out + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void send(Response response, Callback callback, ObjectNode json) {
    send(response, callback, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void send(Response response, Callback callback, String type, byte[] bytes) {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.write(true, ByteBuffer.wrap(bytes), callback);
  }
}
