package io.journey.figure;

import java.awt.Graphics2D;

/** A drawing with a size of its own, drawn alike on a screen, into a PNG and into an SVG. */
public interface Figure {
  /** Returns the width in pixels at scale 1. */
  int width();

  /** Returns the height in pixels at scale 1. */
  int height();

  /** Returns a description for a reader who does not see it. */
  default String title() {
    return "";
  }

  /**
   * Draws the figure with its upper left corner at the origin. The ground is white already.
   *
   * @param g to draw on; colours, fonts and clips may be left changed
   */
  void draw(Graphics2D g);
}
