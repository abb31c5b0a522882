package io.tidemark.standalone;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of an extractor in events and logs: host and process. */
final class WorkerName {
  private WorkerName() {}

  static String ofThisProcess() {
    return hostName() + "-" + ProcessHandle.current().pid();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
