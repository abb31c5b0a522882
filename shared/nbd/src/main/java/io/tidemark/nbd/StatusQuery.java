package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Extents;
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

  /** One BLOCK_STATUS request. */
  interface Ask {
    Future<Map<String, Extents>> of(long offset, long lengthBytes);
  }

  private final Map<String, ExtentList> lists = new LinkedHashMap<>();
  private final Ask ask;
  private final long end;

  StatusQuery(List<String> contexts, long offset, long end, Ask ask) {
    this.ask = ask;
    this.end = end;
    contexts.forEach(name -> lists.put(name, new ExtentList(offset, end)));
  }

  /** By a loop, since a chain of composed Futures as long as the disk is would not be flat. */
  Future<Map<String, List<NbdExtent>>> run() {
    Promise<Map<String, List<NbdExtent>>> done = Promise.promise();
    step(done);
    return done.future();
  }

  private void step(Promise<Map<String, List<NbdExtent>>> done) {
    long next = lists.values().stream().mapToLong(ExtentList::next).min().orElse(end);
    if (next == end) {
      done.complete(result());
      return;
    }
    ask.of(next, end - next)
        .onSuccess(reply -> {
          // The connection checks that every context says something, so each round gets further.
          lists.forEach((name, list) -> list.add(next, reply.get(name)));
          if (lists.values().stream().mapToInt(ExtentList::size).sum() > NbdClient.MAX_EXTENTS) {
            done.fail(
                new NbdException.Unsupported(
                    "there are more than "
                        + NbdClient.MAX_EXTENTS
                        + " extents up to "
                        + next
                        + "; ask for the block status of less at a time"));
          } else {
            step(done);
          }
        })
        .onFailure(done::fail);
  }

  private Map<String, List<NbdExtent>> result() {
    Map<String, List<NbdExtent>> result = new LinkedHashMap<>();
    lists.forEach((name, list) -> result.put(name, list.extents()));
    return result;
  }
}
