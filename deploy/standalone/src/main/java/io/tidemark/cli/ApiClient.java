package io.tidemark.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/**
 * The HTTP API v1, blocking. Every failure is a {@link CliFailure} with one sentence for the user.
 */
public final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What a catalog says that starts or lacks its database, or a proxy before one that is away. */
  private static final Set<Integer> AWAY = Set.of(502, 503, 504);

  private final URI base;
  private final Optional<String> token;
  private final Json json = new Json();
  private final HttpClient http;

  /** One that says who it is with nothing. */
  public ApiClient(URI url) {
    this(ApiAccess.open(url));
  }

  /** Reads the file of certificates, if one is named. */
  public ApiClient(ApiAccess access) {
    this.base = access.url();
    this.token = access.token();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10));
    access.certificates().ifPresent(file -> builder.sslContext(TrustedCertificates.of(file)));
    this.http = builder.build();
  }

  public <T> T get(String path, Class<T> type) {
    return json.read(send("GET", path, HttpRequest.BodyPublishers.noBody(), PATIENCE), type);
  }

  /**
   * All items of a list, page by page.
   *
   * @param page what a page is
   * @param items the items of a page
   * @param next the cursor of the page after it
   */
  public <P, T> List<T> list(
      String path, Class<P> page, Function<P, List<T>> items, Function<P, Optional<String>> next) {
    List<T> all = new ArrayList<>();
    String start = path + (path.contains("?") ? "&" : "?") + "limit=1000";
    Optional<String> from = Optional.of(start);
    while (from.isPresent()) {
      P got = get(from.get(), page);
      all.addAll(items.apply(got));
      from = next.apply(got).map(cursor -> start + "&cursor=" + segment(cursor));
    }
    return all;
  }

  public <T> T post(String path, Map<String, ?> body, Class<T> type) {
    return post(path, body, type, PATIENCE);
  }

  /**
   * Posts what takes its time.
   *
   * @param patience how long to wait for the answer
   */
  public <T> T post(String path, Map<String, ?> body, Class<T> type, Duration patience) {
    return json.read(
        send("POST", path, HttpRequest.BodyPublishers.ofString(json.write(body)), patience), type);
  }

  public void delete(String path) {
    send("DELETE", path, HttpRequest.BodyPublishers.noBody(), PATIENCE);
  }

  /** A name as one path segment, whatever characters it holds. */
  public static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String send(
      String method, String path, HttpRequest.BodyPublisher body, Duration patience) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(base.resolve("/api/v1/" + path))
              .timeout(patience)
              .header("Content-Type", "application/json")
              .header("Accept", "application/json, application/problem+json")
              .method(method, body);
      token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (AWAY.contains(response.statusCode())) {
        throw new NotNow(problem(response));
      }
      if (response.statusCode() >= 300) {
        throw new CliFailure(problem(response));
      }
      return response.body();
    } catch (ConnectException e) {
      throw new NotNow(
          "No Tidemark answers at "
              + base
              + ": start it with `tidemark up`, or name another with --url or TIDEMARK_URL.",
          e);
    } catch (SSLException e) {
      throw new CliFailure(
          base
              + " can't be trusted or speaks no TLS: "
              + e.getMessage()
              + ". Name the file of those who signed its certificate with --ca or TIDEMARK_CA, or"
              + " check --url.",
          e);
    } catch (IOException e) {
      throw new NotNow("The connection to " + base + " failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure("Interrupted.", e);
    }
  }

  private String problem(HttpResponse<String> response) {
    boolean described =
        response.headers().firstValue("Content-Type").orElse("").contains("problem+json");
    if (!described) {
      return base + " answered with HTTP status " + response.statusCode() + ".";
    }
    Views.Problem problem = json.read(response.body(), Views.Problem.class);
    return problem
        .detail()
        .or(problem::title)
        .orElse("HTTP status " + response.statusCode() + " from " + base);
  }
}
