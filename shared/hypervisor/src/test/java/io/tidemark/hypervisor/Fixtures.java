package io.tidemark.hypervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A running domain's XML as libvirt 11 writes it, with one disk of every kind. */
final class Fixtures {
  private Fixtures() {}

  static DomainXml web() {
    try (var file = Fixtures.class.getResourceAsStream("web.xml")) {
      return new DomainXml(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
