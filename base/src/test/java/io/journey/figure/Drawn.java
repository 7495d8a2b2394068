package io.journey.figure;

import java.awt.geom.Rectangle2D;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a figure's SVG holds, read with an XML parser that loads nothing. */
record Drawn(Document document) {
  static Drawn of(Figure figure) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    byte[] svg = Figures.svg(figure);
    return new Drawn(factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg)));
  }

  List<Element> all(String name) {
    NodeList found = document.getElementsByTagNameNS("*", name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  List<String> texts() {
    return all("text").stream().map(Element::getTextContent).toList();
  }

  Element text(String content) {
    return all("text").stream()
        .filter(t -> t.getTextContent().equals(content))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no text " + content + " in " + texts()));
  }

  static double number(Element element, String name) {
    return Double.parseDouble(inherited(element, name));
  }

  /** An attribute of an element or of the nearest around it that has one. */
  static String inherited(Element element, String name) {
    Element at = element;
    while (!at.hasAttribute(name)) {
      at = (Element) at.getParentNode();
    }
    return at.getAttribute(name);
  }

  /** Where a text that is not turned stands, in Journey's own letters. */
  static Rectangle2D bounds(Element text) {
    boolean bold = inherited(text, "font-weight").equals("bold");
    int size = Integer.parseInt(inherited(text, "font-size").replace("px", ""));
    double width = (bold ? Typeface.BOLD : Typeface.REGULAR).width(size, text.getTextContent());
    double baseline = number(text, "y");
    return new Rectangle2D.Double(number(text, "x"), baseline - 0.75 * size, width, 0.95 * size);
  }
}
