package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Dialect;
import java.util.Map;

/**
 * What a handshake that opened an export agreed on.
 *
 * @param dialect how requests and replies look
 * @param contexts metadata context id, as the server chose it, to name
 */
record Negotiated(NbdExport export, Dialect dialect, Map<Integer, String> contexts) {
  Negotiated {
    contexts = Map.copyOf(contexts);
  }
}
