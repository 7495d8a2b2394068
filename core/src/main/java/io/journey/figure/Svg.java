package io.journey.figure;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.CachedImageHandlerBase64Encoder;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Turns what a figure draws into an SVG document. */
final class Svg {
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";

  private Svg() {}

  static byte[] of(Figure figure) {
    Document document = document();
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setComment(null);
    context.setGenericImageHandler(new CachedImageHandlerBase64Encoder());
    SVGGraphics2D g = new SVGGraphics2D(context, false);
    figure.draw(g);
    Element root = g.getRoot();
    String width = Integer.toString(figure.width());
    String height = Integer.toString(figure.height());
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    root.setAttribute("viewBox", "0 0 " + width + " " + height);
    root.setAttribute("role", "img");
    root.setAttribute("font-family", "sans-serif");
    Element ground = document.createElementNS(NAMESPACE, "rect");
    ground.setAttribute("width", width);
    ground.setAttribute("height", height);
    ground.setAttribute("fill", hex(Color.WHITE));
    ground.setAttribute("stroke", "none");
    root.insertBefore(ground, root.getFirstChild());
    Element title = document.createElementNS(NAMESPACE, "title");
    title.setTextContent(Pen.clean(figure.title()));
    root.insertBefore(title, ground);
    sharpenPixels(root);
    return bytes(root);
  }

  private static Document document() {
    try {
      DOMImplementation dom =
          DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder().getDOMImplementation();
      return dom.createDocument(NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every Java platform makes XML documents", e);
    }
  }

  /** Small pictures are shown larger: their pixels stay squares. */
  private static void sharpenPixels(Node node) {
    List<Node> children = new ArrayList<>();
    for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      children.add(child);
    }
    for (Node child : children) {
      if (child instanceof Element element && element.getLocalName().equals("image")) {
        element.setAttribute("style", "image-rendering:pixelated");
      }
      sharpenPixels(child);
    }
  }

  static String hex(Color colour) {
    return String.format("#%06x", colour.getRGB() & 0xFFFFFF);
  }

  private static byte[] bytes(Element root) {
    try {
      Transformer writer = TransformerFactory.newDefaultInstance().newTransformer();
      writer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
      writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      writer.transform(new DOMSource(root), new StreamResult(out));
      return out.toByteArray();
    } catch (TransformerException e) {
      throw new IllegalStateException("a tree made here can always be written", e);
    }
  }
}
