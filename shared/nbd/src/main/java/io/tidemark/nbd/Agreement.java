package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Dialect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the options of one handshake have agreed on so far: each writes its own part. Lives on the
 * event loop.
 */
final class Agreement {
  /** How requests and replies look from the end of the handshake on. */
  Dialect dialect = Dialect.SIMPLE;

  /** Ids of the selected metadata contexts, as the server chose them. */
  final Map<Integer, String> contexts = new HashMap<>();

  /** The exports that the server lists. */
  final List<NbdExportName> exports = new ArrayList<>();

  /** The metadata contexts that the server offers for the export. */
  final List<String> offeredContexts = new ArrayList<>();

  /** What is known of the export. */
  final ExportInfo info;

  Agreement(String export) {
    info = new ExportInfo(export);
  }

  Negotiated negotiated(List<String> metaContexts) {
    return new Negotiated(info.export(metaContexts), dialect, contexts);
  }
}
