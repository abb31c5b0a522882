package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Extents;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks for the block status of a range until all of it is known. Contexts may answer for different
 * lengths, so each has its own place; the next request begins at the one that is furthest behind.
 */
final class StatusQuery {
  /** Of what comes in, equal neighbours included, which cost time but no memory. */
  private static final long MAX_RECEIVED = 4L * NbdClient.MAX_EXTENTS;

  /**
   * Answers that only prolong what the one before said: servers tell all that is alike at once, but
   * not always more than 4 GiB. With so many of those it would be the largest of disks.
   */
  private static final int MAX_PROLONGATIONS = 1 << 16;

  /** One BLOCK_STATUS request. */
  interface Ask {
    Future<Map<String, Extents>> of(long offset, long lengthBytes);
  }

  private final NbdUri uri;
  private final Map<String, ExtentList> lists = new LinkedHashMap<>();
  private final Ask ask;
  private final long end;
  private final Promise<Map<String, List<NbdExtent>>> done = Promise.promise();
  private long received;
  private int prolongations;

  /**
   * @param uri for messages
   */
  StatusQuery(NbdUri uri, List<String> contexts, long offset, long end, Ask ask) {
    this.uri = uri;
    this.ask = ask;
    this.end = end;
    contexts.forEach(name -> lists.put(name, new ExtentList(offset, end)));
  }

  Future<Map<String, List<NbdExtent>>> run() {
    proceed();
    return done.future();
  }

  /** By a loop, since a chain of composed Futures as long as the disk is would not be flat. */
  private void proceed() {
    while (!done.future().isComplete()) {
      long next = lists.values().stream().mapToLong(ExtentList::next).min().orElse(end);
      if (next == end) {
        done.complete(result());
        return;
      }
      Future<Map<String, Extents>> reply = ask.of(next, end - next);
      if (!reply.isComplete()) {
        reply.onComplete(answer -> {
          take(next, answer);
          proceed();
        });
        return;
      }
      take(next, reply);
    }
  }

  private void take(long offset, AsyncResult<Map<String, Extents>> answer) {
    if (answer.failed()) {
      done.fail(answer.cause());
      return;
    }
    int before = size();
    // The connection checks that every context says something, so each round gets further.
    lists.forEach((name, list) -> {
      Extents extents = answer.result().get(name);
      list.add(offset, extents);
      received += extents.count();
    });
    prolongations += size() == before ? 1 : 0;
    if (size() > NbdClient.MAX_EXTENTS
        || received > MAX_RECEIVED
        || prolongations > MAX_PROLONGATIONS) {
      done.fail(
          new NbdException.Unsupported(
              uri
                  + ": the NBD server tells the block status in more than "
                  + NbdClient.MAX_EXTENTS
                  + " extents, or in too many small pieces; ask for less at a time than for all up"
                  + " to "
                  + end));
    }
  }

  private int size() {
    return lists.values().stream().mapToInt(ExtentList::size).sum();
  }

  private Map<String, List<NbdExtent>> result() {
    Map<String, List<NbdExtent>> result = new LinkedHashMap<>();
    lists.forEach((name, list) -> result.put(name, list.extents()));
    return result;
  }
}
