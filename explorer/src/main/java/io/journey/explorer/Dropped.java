package io.journey.explorer;

import io.journey.dataset.PictureFiles;
import io.journey.dataset.PictureFiles.Picture;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** Reads a picture that a person has dropped on the page. */
final class Dropped {
  /** The largest file that is taken, 20 MiB. */
  static final int MAX_BYTES = 20 << 20;

  private static final int LETTERS = 120;

  private Dropped() {}

  /**
   * What is said of a picture.
   *
   * @param name of its file, for people
   * @param prompt what it shows, for a model of captions; otherwise ""
   * @param number of its class, for a model of classes; −1: none
   */
  record Told(String name, String prompt, int number) {
    /**
     * Adds the picture to the targets.
     *
     * @param file its bytes
     * @return its number among the targets
     * @throws Refused if it cannot be read, or the model does not take it
     */
    int bring(byte[] file, ExploredRun run) {
      try {
        Picture picture =
            PictureFiles.decode(
                name, file, run.targets().pictureShape(), run.images().transformations().steps());
        return run.targets().bring(picture, prompt, number);
      } catch (SettingException e) {
        throw new Refused(400, "This picture cannot be asked about: " + e.getMessage() + ".");
      } catch (JourneyException e) {
        throw new Refused(400, e.getMessage());
      }
    }
  }

  /**
   * Reads what the address of a request says: {@code name}, and {@code prompt} or {@code class}.
   *
   * @throws Refused if it says something else
   */
  static Told told(Request request) {
    Fields fields;
    try {
      fields = Request.extractQueryParameters(request);
    } catch (RuntimeException e) { // Whatever is wrong with the letters of an address.
      throw new Refused(400, "The address is not UTF-8.");
    }
    String prompt = value(fields, "prompt", Wish.LETTERS);
    String number = value(fields, "class", LETTERS);
    if (!number.matches("(\\d{1,9})?")) {
      throw new Refused(400, "class must be the number of a class.");
    }
    return new Told(
        shown(value(fields, "name", LETTERS)),
        prompt,
        number.isEmpty() ? -1 : Integer.parseInt(number));
  }

  private static String value(Fields fields, String name, int most) {
    String value = fields.getValue(name);
    if (value != null && value.length() > most) {
      throw new Refused(400, name + " must be a text of at most " + most + " letters.");
    }
    return value == null ? "" : value;
  }

  /** The last part of a name, without what is no letter or sign. */
  private static String shown(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    String plain = last.replaceAll("[\\p{Cntrl}\\p{Cf}]", "").strip();
    return plain.isEmpty() ? "The picture" : plain;
  }
}
