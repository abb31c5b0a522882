package io.tidemark.hypervisor;

import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** Every complaint of the parser is an exception, and none is printed. */
final class ThrowingErrorHandler implements ErrorHandler {
  @Override
  public void warning(SAXParseException e) throws SAXParseException {
    throw e;
  }

  @Override
  public void error(SAXParseException e) throws SAXParseException {
    throw e;
  }

  @Override
  public void fatalError(SAXParseException e) throws SAXParseException {
    throw e;
  }
}
