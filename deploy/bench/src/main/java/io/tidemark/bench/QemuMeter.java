package io.tidemark.bench;

/** What the QEMU of a domain has used: it serves the export that every tool reads. */
final class QemuMeter {
  private QemuMeter() {}

  static ProcessMeter of(String domain) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> process.info().commandLine().orElse("").contains("guest=" + domain + ","))
        .findFirst()
        .map(process -> new ProcessMeter(process.pid()))
        .orElseThrow(() -> new BenchFailure("domain " + domain + " has no QEMU process"));
  }
}
