package io.tidemark.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.live.EventFilter;
import io.tidemark.catalog.live.EventJournal;
import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventClientTest {
  private static final String MUCH = ": " + "x".repeat(1 << 16) + "\n\n";

  private final Vertx vertx = Vertx.vertx();
  private final Promise<Void> left = Promise.promise();
  private final Promise<Void> disconnected = Promise.promise();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void oneThatReadsNothingIsDroppedAndItsConnectionClosed() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(this::follow)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);

    try (Socket silent = new Socket()) {
      silent.setReceiveBufferSize(4096);
      silent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
      silent
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      left.future().await(20, TimeUnit.SECONDS);
      disconnected.future().await(20, TimeUnit.SECONDS);
    }
    assertThat(disconnected.future().succeeded()).isTrue();
  }

  /** Sends to it as much as it takes. */
  private void follow(HttpServerRequest request) {
    EventJournal journal =
        new EventJournal(vertx, Database.connect(vertx, "postgresql://nobody@127.0.0.1:1/none"));
    EventClient client =
        new EventClient(
            new EventClient.Follower(
                request, () -> Future.succeededFuture(true), Duration.ofMillis(200)),
            journal,
            new EventFilter(Optional.empty(), Optional.empty(), Set.of()),
            0);
    request.connection().closeHandler(closed -> disconnected.tryComplete());
    client.onClose(left::tryComplete);
    client.begin();
    vertx.setPeriodic(5, tick -> client.offer(MUCH));
  }
}
