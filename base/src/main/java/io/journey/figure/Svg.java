package io.journey.figure;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Turns what a figure draws into an SVG document. */
final class Svg {
  static final String NAMESPACE = "http://www.w3.org/2000/svg";

  private Svg() {}

  static byte[] of(Figure figure) {
    Document document = document();
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setComment(null);
    context.setGenericImageHandler(new InlineImages());
    SVGGraphics2D g = new SVGGraphics2D(context, false);
    figure.draw(g);
    Element root = g.getRoot();
    String width = Integer.toString(figure.width());
    String height = Integer.toString(figure.height());
    root.setAttributeNS(
        XMLConstants.XMLNS_ATTRIBUTE_NS_URI, "xmlns:xlink", "http://www.w3.org/1999/xlink");
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
