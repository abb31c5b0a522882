package io.tidemark.hypervisor;

/**
 * A connection and how many calls are on it: closed once it is retired and the last call has
 * returned, since closing it under a running call would crash the process.
 */
final class Lease {
  private final Connection connection;
  private int calls;
  private boolean retired;

  Lease(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** A call begins; each is followed by one {@link #leave()}. */
  synchronized void enter() {
    if (retired) {
      throw new IllegalStateException("A call came after the connection was retired");
    }
    calls++;
  }

  synchronized void leave() {
    calls--;
    closeIfUnused();
  }

  /** No more calls will come. */
  synchronized void retire() {
    retired = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (retired && calls == 0) {
      connection.close();
    }
  }
}
