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
import java.util.Map;

/**
 * The HTTP API v1, blocking. Every failure is a {@link CliFailure} with one sentence for the user.
 */
public final class ApiClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI base;
  private final Json json = new Json();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  public ApiClient(URI url) {
    this.base = url;
  }

  public <T> T get(String path, Class<T> type) {
    return json.read(send("GET", path, HttpRequest.BodyPublishers.noBody()), type);
  }

  public <T> T post(String path, Map<String, ?> body, Class<T> type) {
    return json.read(
        send("POST", path, HttpRequest.BodyPublishers.ofString(json.write(body))), type);
  }

  public void delete(String path) {
    send("DELETE", path, HttpRequest.BodyPublishers.noBody());
  }

  /** A name as one path segment, whatever characters it holds. */
  public static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String send(String method, String path, HttpRequest.BodyPublisher body) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(base.resolve("/api/v1/" + path))
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/json")
                  .header("Accept", "application/json, application/problem+json")
                  .method(method, body)
                  .build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() >= 300) {
        throw new CliFailure(problem(response));
      }
      return response.body();
    } catch (ConnectException e) {
      throw new CliFailure(
          "No Tidemark answers at "
              + base
              + ": start it with `tidemark up`, or name another with --url or TIDEMARK_URL.",
          e);
    } catch (IOException e) {
      throw new CliFailure("The connection to " + base + " failed: " + e.getMessage(), e);
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
