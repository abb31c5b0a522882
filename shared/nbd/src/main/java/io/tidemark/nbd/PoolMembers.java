package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a pool, and the replacement of those that are lost. Lives on the pool's
 * context.
 */
final class PoolMembers {
  private static final Logger LOG = LoggerFactory.getLogger(PoolMembers.class);

  /** A connection and what is asked of it. */
  static final class Member {
    final NbdConnection connection;
    long bytes;
    int requests;
    private int attempts;
    private boolean leaving;

    Member(NbdConnection connection, int attempts) {
      this.connection = connection;
      this.attempts = attempts;
    }

    /** A request has been answered: the server is well. */
    void succeeded() {
      attempts = 0;
    }

    /**
     * A request has failed: it gets no more if that means the end of the connection, which may be
     * told a little later.
     */
    void failed(Throwable cause) {
      leaving |=
          cause instanceof NbdException.Closed
              || cause instanceof NbdException.Protocol
              || (cause instanceof NbdException.Server refusal
                  && refusal.errno() == Wire.ESHUTDOWN);
    }
  }

  /** What the pool wants to know. */
  interface Watcher {
    /** There is one more connection. */
    void joined();

    /** There is one less. */
    void connectionLost(NbdException cause);

    /** There is none, and there won't be one. */
    void allLost(NbdException cause);
  }

  private final Vertx vertx;
  private final Supplier<Future<NbdConnection>> connect;
  private final NbdPoolOptions options;
  private final Watcher watcher;
  private final List<Member> members = new ArrayList<>();
  private int replacing;
  private boolean closed;

  /**
   * @param connect makes a connection that is as the others
   */
  PoolMembers(
      Vertx vertx,
      Supplier<Future<NbdConnection>> connect,
      NbdPoolOptions options,
      Watcher watcher) {
    this.vertx = vertx;
    this.connect = connect;
    this.options = options;
    this.watcher = watcher;
  }

  void add(NbdConnection connection) {
    add(connection, 0);
  }

  private void add(NbdConnection connection, int attempts) {
    if (closed) {
      connection.close();
      return;
    }
    Member member = new Member(connection, attempts);
    members.add(member);
    connection.lost().onSuccess(cause -> lost(member, cause));
    watcher.joined();
  }

  /** The one with the least to do, of those that take more. */
  Optional<Member> idlest() {
    return members.stream()
        .filter(member -> !member.leaving)
        .min(
            Comparator.<Member>comparingLong(member -> member.bytes)
                .thenComparingInt(member -> member.requests));
  }

  Future<Void> close() {
    closed = true;
    List<Future<Void>> closing =
        List.copyOf(members).stream().map(member -> member.connection.close()).toList();
    return Future.join(closing).mapEmpty();
  }

  private void lost(Member member, NbdException cause) {
    members.remove(member);
    watcher.connectionLost(cause);
    replace(cause, member.attempts + 1);
  }

  /**
   * @param attempt which one in a row, from 1
   */
  private void replace(NbdException cause, int attempt) {
    if (closed) {
      return;
    }
    if (!cause.retryable() || attempt > options.reconnects()) {
      LOG.debug("A connection of an NBD pool is given up", cause);
      if (members.isEmpty() && replacing == 0) {
        watcher.allLost(cause);
      }
      return;
    }
    replacing++;
    vertx.setTimer(options.delayMillis(attempt), timer -> reconnect(cause, attempt));
  }

  private void reconnect(NbdException cause, int attempt) {
    connect
        .get()
        .onSuccess(connection -> {
          replacing--;
          add(connection, attempt);
        })
        .onFailure(failed -> {
          replacing--;
          replace(failed instanceof NbdException known ? known : cause, attempt + 1);
        });
  }
}
