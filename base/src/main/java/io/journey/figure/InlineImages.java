package io.journey.figure;

import java.awt.Image;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.util.Base64;
import org.apache.batik.svggen.DOMTreeManager;
import org.apache.batik.svggen.GenericImageHandler;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.w3c.dom.Element;

/** Puts pictures into an SVG as PNG, the pixels of small ones to be shown as squares. */
final class InlineImages implements GenericImageHandler {
  private static final String XLINK = "http://www.w3.org/1999/xlink";

  @Override
  public void setDOMTreeManager(DOMTreeManager manager) {
    // Nothing is shared between pictures.
  }

  @Override
  public Element createElement(SVGGeneratorContext context) {
    return context.getDOMFactory().createElementNS(Svg.NAMESPACE, "image");
  }

  @Override
  public AffineTransform handleImage(
      Image image,
      Element element,
      int x,
      int y,
      int width,
      int height,
      SVGGeneratorContext context) {
    if (!(image instanceof BufferedImage pixels)) {
      throw new IllegalArgumentException("a figure draws only pictures that are in memory");
    }
    String png = Base64.getEncoder().encodeToString(Png.of(pixels));
    element.setAttributeNS(XLINK, "xlink:href", "data:image/png;base64," + png);
    element.setAttribute("x", Integer.toString(x));
    element.setAttribute("y", Integer.toString(y));
    element.setAttribute("width", Integer.toString(width));
    element.setAttribute("height", Integer.toString(height));
    element.setAttribute("preserveAspectRatio", "none");
    if (GridPlot.isEnlarged(pixels)) {
      element.setAttribute("style", "image-rendering:pixelated");
    }
    return null;
  }

  @Override
  public AffineTransform handleImage(
      RenderedImage image,
      Element element,
      int x,
      int y,
      int width,
      int height,
      SVGGeneratorContext context) {
    throw new UnsupportedOperationException("a figure draws only pictures that are in memory");
  }

  @Override
  public AffineTransform handleImage(
      RenderableImage image,
      Element element,
      double x,
      double y,
      double width,
      double height,
      SVGGeneratorContext context) {
    throw new UnsupportedOperationException("a figure draws only pictures that are in memory");
  }
}
