package io.tidemark.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every client command has: where the API is, and how to print. */
abstract class ClientCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:TIDEMARK_URL:-http://127.0.0.1:8480}",
      description = "Where the catalog is (or TIDEMARK_URL); default http://127.0.0.1:8480.")
  private URI url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:TIDEMARK_TOKEN:-}",
      description =
          "An API token, where users and tokens are asked for (better TIDEMARK_TOKEN: other users"
              + " of this host see the options).")
  private String token;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:TIDEMARK_CA:-}",
      description =
          "The certificates that sign the API's, PEM (or TIDEMARK_CA); default those that Java"
              + " knows.")
  private String certificates;

  @Option(names = "--json", description = "Print JSON, documented in docs/cli.md, for scripts.")
  private boolean json;

  private final Json writer = new Json();

  @Override
  public final Integer call() {
    return run(new ApiClient(access()), Terminal.of(spec.commandLine().getOut()));
  }

  /** Does the work; returns the exit status. */
  abstract int run(ApiClient api, Terminal terminal);

  boolean json() {
    return json;
  }

  void printJson(Terminal terminal, Object value) {
    terminal.println(writer.write(value));
  }

  <T> T result(Views.Job job, Class<T> type) {
    return writer.convert(
        job.result()
            .orElseThrow(() -> new CliFailure("The finished job " + job.id() + " has no result.")),
        type);
  }

  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private ApiAccess access() {
    return new ApiAccess(
        checkedUrl(),
        Optional.of(token).filter(text -> !text.isBlank()).map(String::strip),
        Optional.of(certificates).filter(text -> !text.isBlank()).map(Path::of));
  }

  private URI checkedUrl() {
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw wrongUsage("--url must be like http://127.0.0.1:8480, not '" + url + "'");
    }
    return url;
  }
}
