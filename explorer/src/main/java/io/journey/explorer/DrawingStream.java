package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.report.PagePicture;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A target that is drawn while a person watches: a line of JSON for each step with both pictures,
 * and at last one with the number of the new target. Who goes away ends the drawing.
 */
final class DrawingStream {
  private static final int SIDE = 256;
  private static final int WAIT_SECONDS = 60;

  private final ExploredRun run;
  private final Semaphore free = new Semaphore(1);

  DrawingStream(ExploredRun run) {
    this.run = run;
  }

  /** Takes the turn of drawing, to be given back by {@link #tell}. */
  void begin() {
    run.targets().requireRoom();
    if (!free.tryAcquire()) {
      throw new Refused(503, "Another picture is being drawn: wait a moment.");
    }
  }

  /** Gives back the turn of who took it and does not draw. */
  void end() {
    free.release();
  }

  /** Draws, and writes the steps as they are made. */
  void tell(Wish wish, OutputStream out) throws IOException {
    Watcher watcher = new Watcher();
    Thread artist = new Thread(() -> draw(wish, watcher), "journey-drawing");
    artist.setDaemon(true);
    artist.start();
    try {
      for (boolean more = true; more; ) {
        ObjectNode line = watcher.lines.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
          return;
        }
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        more = !line.has("target") && !line.has("failure");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watcher.gone = true;
    }
  }

  private void draw(Wish wish, Watcher watcher) {
    ObjectNode last;
    try {
      int number = run.targets().draw(wish, (step, xt, x0) -> watcher.put(step(step, xt, x0)));
      last = RunDescription.target(run, number).put("target", number);
    } catch (Gone e) {
      return;
    } catch (JourneyException | SettingException e) {
      last = Json.object().put("failure", e.getMessage());
    } catch (RuntimeException e) {
      last = Json.object().put("failure", "The picture could not be drawn.");
    } finally {
      free.release();
    }
    try {
      watcher.put(last);
    } catch (Gone e) {
      // The target stays for who comes next.
    }
  }

  private ObjectNode step(int step, float[] xt, float[] x0) {
    int[] steps = run.targets().timesteps();
    return Json.object()
        .put("place", step)
        .put("step", steps[step])
        .put("xt", picture(xt))
        .put("x0", picture(x0));
  }

  private String picture(float[] sampled) {
    RunTargets targets = run.targets();
    byte[] bytes = PagePicture.of(targets.decodeHere(sampled), targets.pictureShape(), SIDE);
    String type = bytes[0] == (byte) 0xFF ? "jpeg" : "png";
    return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  /** Nobody watches any more. */
  private static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Who watches; few lines are ahead of what was written. */
  private static final class Watcher {
    private final BlockingQueue<ObjectNode> lines = new ArrayBlockingQueue<>(4);
    private volatile boolean gone;

    void put(ObjectNode line) {
      try {
        do {
          if (gone) {
            throw new Gone();
          }
        } while (!lines.offer(line, 200, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        throw new Gone();
      }
    }
  }
}
