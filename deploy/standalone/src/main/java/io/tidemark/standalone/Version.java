package io.tidemark.standalone;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "Tidemark "
          + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
              .orElse("(built in place)")
    };
  }
}
