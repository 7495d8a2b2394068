package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** What a page asks for: answers line by line, drawings, and pictures from elsewhere as targets. */
final class Posts {
  private static final int MAX_BODY = 256 << 10;

  /** Draws at each step of an answer over steps. */
  private static final int SWEEP_DRAWS = 4;

  /** How often a page that waits is written to: so one that is gone is noticed. */
  private static final long BEAT = 1000;

  private final ExploredRun run;
  private final Answers answers;
  private final DrawingStream drawings;

  Posts(ExploredRun run, Answers answers) {
    this.run = run;
    this.answers = answers;
    this.drawings = new DrawingStream(run);
  }

  /** Answers a request, or refuses it. */
  void handle(String path, Request request, Response response) throws IOException {
    if (path.equals("/api/picture")) {
      byte[] made = picture(request).toString().getBytes(StandardCharsets.UTF_8);
      response.setStatus(200);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      try (OutputStream out = Content.Sink.asOutputStream(response)) {
        out.write(made);
      }
      return;
    }
    if (path.equals("/api/draw")) {
      Wish wish = Wish.read(body(request, MAX_BODY));
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
    Question question = Question.read(body(request, MAX_BODY), run);
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
    Asked.Work work = work(question, question.step(), question.draws());
    return new Asked(question.client(), question.patient(), List.of(work));
  }

  private Asked sweep(Question question) {
    TargetDraws few =
        new TargetDraws(SWEEP_DRAWS, question.draws().seed(), question.draws().masks());
    List<Asked.Work> work = new ArrayList<>();
    for (int step : Question.spread(run.targets().timesteps(), question.steps())) {
      work.add(work(question, step, few));
    }
    return new Asked(question.client(), question.patient(), work);
  }

  private Asked.Work work(Question question, int step, TargetDraws draws) {
    return new Asked.Work(
        step,
        run.checkpoints()
            .ask(
                question.estimator(),
                run.targets().get(question.target()).trajectory(),
                step,
                draws));
  }

  /** Takes a picture that a person has dropped. One is decoded at a time. */
  private ObjectNode picture(Request request) throws IOException {
    Dropped.Told told = Dropped.told(request);
    drawings.begin();
    try {
      int number = told.bring(body(request, Dropped.MAX_BYTES), run);
      return RunDescription.target(run, number).put("target", number);
    } finally {
      drawings.end();
    }
  }

  private static byte[] body(Request request, int most) throws IOException {
    if (request.getLength() > most) {
      throw tooLong(most);
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] body = in.readNBytes(most + 1);
      if (body.length > most) {
        throw tooLong(most);
      }
      return body;
    }
  }

  private static Refused tooLong(int most) {
    return new Refused(413, "This is too long: at most " + (most >> 10) + " KiB are taken.");
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
    out.put("scores", base64(answer.scores()));
    if (answer.margins() != null) {
      out.put("margins", base64(answer.margins()));
    }
    return (out + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
