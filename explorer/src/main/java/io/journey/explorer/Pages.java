package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.report.PagePicture;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.statistics.NearDuplicates;
import io.journey.statistics.PixelSimilarity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What the explorer has to give: its page, pictures by number, and answers. */
final class Pages extends Handler.Abstract {
  private static final String STYLE = "text/css;charset=utf-8";
  private static final String SCRIPTS =
      "explorer alive ask bring cards columns draw drawing every heat image keys link lists make"
          + " page panel questions save";

  /** The look of reports is the look of this page, too. */
  private static final String REPORT_STYLE = "/page.css";

  /** The files of the page. Nothing else is read from anywhere. */
  private static final Map<String, String> FILES = files();

  private static final int NEAR = 12;

  private static final Pattern PICTURE =
      Pattern.compile("/picture/([0-9a-f]+)/(target|xt|x0|image)/(\\d{1,9})(?:/(\\d{1,9}))?");

  private final ExploredRun run;
  private final RunPictures pictures;
  private final ImageGroups groups;
  private final CompletableFuture<NearestPictures> nearest;
  private final Posts posts;
  private final String key;

  /**
   * @param key a part of the addresses of pictures: browsers may keep them, as the next start has
   *     another
   */
  Pages(
      ExploredRun run,
      RunPictures pictures,
      ImageGroups groups,
      CompletableFuture<NearestPictures> nearest,
      Posts posts,
      String key) {
    this.run = run;
    this.pictures = pictures;
    this.groups = groups;
    this.nearest = nearest;
    this.posts = posts;
    this.key = key;
  }

  private static Map<String, String> files() {
    Map<String, String> files = new HashMap<>();
    files.put("/", "text/html;charset=utf-8");
    files.put(REPORT_STYLE, STYLE);
    files.put("/explorer.css", STYLE);
    for (String script : SCRIPTS.split(" ")) {
      files.put("/" + script + ".js", "text/javascript;charset=utf-8");
    }
    files.put("/icon.svg", "image/svg+xml");
    return Map.copyOf(files);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      String path = Request.getPathInContext(request);
      if (HttpMethod.GET.is(request.getMethod())) {
        get(path, request.getHttpURI().getQuery(), response, callback);
      } else if (HttpMethod.POST.is(request.getMethod())) {
        posts.handle(path, request, response);
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
      send(response, callback, RunDescription.of(run, groups, key));
    } else if (path.equals("/api/state")) {
      send(response, callback, RunDescription.state(run, key));
    } else if (path.equals("/api/images")) {
      send(response, callback, RunDescription.images(groups.examples()));
    } else if (path.equals("/api/groups")) {
      int column = number(query, "column", groups.columns().size());
      send(response, callback, groups.describe(column));
    } else if (path.equals("/api/near")) {
      send(response, callback, near(number(query, "image", run.images().size())));
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
    int number =
        below(asked.group(3), ofTarget ? run.targets().size() : run.images().size(), "picture");
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
    for (int t : run.targets().timesteps()) {
      if (t == step) {
        return kind.equals("xt") ? pictures.noisy(number, step) : pictures.predicted(number, step);
      }
    }
    throw new Refused(404, "The target has no such step.");
  }

  private static int below(String digits, int end, String what) {
    int number = Integer.parseInt(digits);
    if (number >= end) {
      throw new Refused(404, "There is no such " + what + ".");
    }
    return number;
  }

  /** Reads the one number of a query. */
  private static int number(String query, String name, int end) {
    if (query == null || !query.matches(name + "=\\d{1,9}")) {
      throw new Refused(400, name + " must be a number.");
    }
    return below(query.substring(name.length() + 1), end, name);
  }

  private ObjectNode near(int image) {
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("near");
    float[] pixels = pixels(image);
    try {
      for (NearestPictures.Near near : nearest.get().to(image, NEAR)) {
        list.addObject()
            .put("image", near.image())
            .put("distance", near.distance())
            .put("alike", isAlike(pixels, pixels(near.image())));
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new Refused(503, "The training images cannot be compared.");
    }
    ImageShape stored = run.images().originalShape(image);
    return out.put("width", stored.width()).put("height", stored.height());
  }

  /** Whether two images are near-duplicates, as groups of them are made. */
  private static boolean isAlike(float[] one, float[] other) {
    return PixelSimilarity.correlation(one, other) >= NearDuplicates.DEFAULT_CORRELATION;
  }

  private float[] pixels(int image) {
    float[] pixels = new float[run.images().shape().numel()];
    run.images().read(image, pixels, 0);
    return pixels;
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
