package io.journey.report;

import java.util.Map;

/**
 * What a page says of its targets: drawings of the model, or pictures from elsewhere.
 *
 * @param title of the page
 * @param lede what the figure shows; HTML
 * @param chooser the heading above the targets
 * @param rows what x_t and x̂0 are; HTML
 */
record AskedWords(String title, String lede, String chooser, String rows) {
  static final AskedWords DRAWINGS =
      new AskedWords(
          "Which training images made this picture, step by step?",
          "A diffusion model samples an image by removing noise, a little at every timestep"
              + " <var>t</var>. Read the figure from left, pure noise, to right, the finished picture."
              + " Under each step stand the training images that counted most at that moment: <span"
              + " class=\"pos-word\">framed green</span>, they pushed the image towards what it"
              + " became; <span class=\"neg-word\">framed red</span>, they pushed it away.",
          "The pictures the model made",
          "<b>x<sub>t</sub></b> is the image so far at timestep <var>t</var>, <b>x̂₀</b> the model’s"
              + " guess, at that step, of the finished picture.");

  static final AskedWords PICTURES =
      new AskedWords(
          "Which training images make the model find this picture likely, step by step?",
          "The model did not draw this picture. At every timestep <var>t</var> the question is how"
              + " likely the model finds it under noise of that level: a question about the picture,"
              + " not about a drawing. Read the figure from left, most noise, to right, least. Under"
              + " each step stand the training images that count most: <span"
              + " class=\"pos-word\">framed green</span>, they make the picture more likely; <span"
              + " class=\"neg-word\">framed red</span>, they make it less likely.",
          "The pictures asked about",
          "<b>x<sub>t</sub></b> is the picture with noise of timestep <var>t</var>, as an example:"
              + " the scores are means over other noise. <b>x̂₀</b>, what is asked about, is the"
              + " picture itself at every step.");

  /** Fills their places in the page. */
  void putInto(Map<String, String> values) {
    values.put("title", title);
    values.put("lede", lede);
    values.put("chooser", chooser);
    values.put("rows", rows);
  }
}
