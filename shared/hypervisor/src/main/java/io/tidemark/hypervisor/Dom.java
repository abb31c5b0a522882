package io.tidemark.hypervisor;

import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Reads XML with the JDK's parser, with everything off that reaches outside the text. */
final class Dom {
  private Dom() {}

  /**
   * The root element.
   *
   * @throws DomainXmlException if the text is not well-formed, declares a document type, or has
   *     another root
   */
  static Element root(String text, String expectedRoot) {
    try {
      var builder = factory().newDocumentBuilder();
      builder.setErrorHandler(new Throwing());
      var root = builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
      if (!root.getTagName().equals(expectedRoot)) {
        throw new DomainXmlException(
            "Expected XML of <" + expectedRoot + ">, but got <" + root.getTagName() + ">");
      }
      return root;
    } catch (SAXException e) {
      throw new DomainXmlException(
          "The XML of <" + expectedRoot + "> cannot be read: " + e.getMessage(), e);
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException("The JDK's own XML parser does not work", e);
    }
  }

  /** Child elements of that name, in document order. */
  static Stream<Element> children(Element parent, String name) {
    return children(parent).filter(child -> child.getTagName().equals(name));
  }

  static Stream<Element> children(Element parent) {
    var nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast);
  }

  static Optional<Element> child(Element parent, String name) {
    return children(parent, name).findFirst();
  }

  /** The element at the end of a path of child names. */
  static Optional<Element> at(Element from, String... path) {
    var found = Optional.of(from);
    for (var name : path) {
      found = found.flatMap(element -> child(element, name));
    }
    return found;
  }

  /** An attribute's value; empty if it is missing or empty. */
  static Optional<String> attribute(Element element, String name) {
    return Optional.of(element.getAttribute(name)).filter(value -> !value.isEmpty());
  }

  private static DocumentBuilderFactory factory() throws ParserConfigurationException {
    var factory = DocumentBuilderFactory.newDefaultInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setXIncludeAware(false);
    factory.setExpandEntityReferences(false);
    return factory;
  }

  /** The default handler prints to standard error. */
  private static final class Throwing implements ErrorHandler {
    @Override
    public void warning(SAXParseException exception) {}

    @Override
    public void error(SAXParseException exception) throws SAXException {
      throw exception;
    }

    @Override
    public void fatalError(SAXParseException exception) throws SAXException {
      throw exception;
    }
  }
}
