package io.tidemark.hypervisor;

/**
 * A domain XML that can't be read, or that can't be changed as asked; the message names the disk
 * where there is one.
 */
public final class DomainXmlException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  DomainXmlException(String message) {
    super(message);
  }

  DomainXmlException(String message, Throwable cause) {
    super(message, cause);
  }
}
