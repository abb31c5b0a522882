package io.tidemark.nbd;

import java.util.Map;

/**
 * What the handshake agreed on.
 *
 * @param structuredReplies whether answers come as chunks
 * @param contexts metadata context id, as the server chose it, to name
 */
record Negotiated(NbdExport export, boolean structuredReplies, Map<Integer, String> contexts) {
  Negotiated {
    contexts = Map.copyOf(contexts);
  }
}
