package io.tidemark.standalone;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An address to listen on.
 *
 * @param port 0 for any free one
 */
record HostPort(String host, int port) {

  /** Reads {@code HOST:PORT}, with brackets around an IPv6 address. */
  static final class Converter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (colon > 0 && port >= 0 && port <= 65_535) {
          return new HostPort(text.substring(0, colon).replaceAll("^\\[|]$", ""), port);
        }
      } catch (NumberFormatException e) {
        throw wrong(text);
      }
      throw wrong(text);
    }

    private static TypeConversionException wrong(String text) {
      return new TypeConversionException("'" + text + "' is not HOST:PORT, like 127.0.0.1:8480");
    }
  }
}
