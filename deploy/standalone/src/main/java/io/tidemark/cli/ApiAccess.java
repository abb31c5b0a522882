package io.tidemark.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the API is, and how it is spoken to.
 *
 * @param token says who one is; empty where the API asks nobody
 * @param certificates PEM, those that sign the API's certificate; empty for those that Java knows
 */
public record ApiAccess(URI url, Optional<String> token, Optional<Path> certificates) {

  /** Without a token. */
  public static ApiAccess open(URI url) {
    return new ApiAccess(url, Optional.empty(), Optional.empty());
  }
}
