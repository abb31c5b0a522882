package io.tidemark.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a handshake is for: the options in the order in which they are sent, and what they agree on.
 *
 * @param options one after the other; those that aren't wanted are left out
 * @param agreement where their results are
 * @param transmission whether the transmission phase follows; else the client takes its leave
 */
record Plan(List<Option> options, Agreement agreement, boolean transmission) {

  /** Opens the export. */
  static Plan open(NbdUri uri, NbdOptions options) {
    Agreement agreement = new Agreement(uri.export());
    List<Option> steps = begin(uri, agreement, true);
    steps.add(MetaContextOption.select(uri.export(), options.metaContexts(), agreement));
    steps.add(ExportOption.go(uri.export(), agreement));
    return new Plan(steps, agreement, true);
  }

  /** Asks about the export. */
  static Plan info(NbdUri uri, NbdOptions options) {
    Agreement agreement = new Agreement(uri.export());
    List<Option> steps = begin(uri, agreement, true);
    steps.add(MetaContextOption.select(uri.export(), options.metaContexts(), agreement));
    steps.add(ExportOption.info(uri.export(), agreement));
    return new Plan(steps, agreement, false);
  }

  /** Asks for the names of all exports. */
  static Plan list(NbdUri uri) {
    Agreement agreement = new Agreement(uri.export());
    List<Option> steps = begin(uri, agreement, false);
    steps.add(new ListOption(agreement));
    return new Plan(steps, agreement, false);
  }

  /** Asks for the metadata contexts that match. */
  static Plan metaContexts(NbdUri uri, List<String> queries) {
    Agreement agreement = new Agreement(uri.export());
    List<Option> steps = begin(uri, agreement, true);
    steps.add(MetaContextOption.list(uri.export(), queries, agreement));
    return new Plan(steps, agreement, false);
  }

  private static List<Option> begin(NbdUri uri, Agreement agreement, boolean chunks) {
    List<Option> steps = new ArrayList<>();
    Optional<Option> tls = uri.tls().map(how -> new Option.StartTls());
    tls.ifPresent(steps::add);
    if (chunks) {
      steps.add(DialectOption.extendedHeaders(agreement));
      steps.add(DialectOption.structuredReplies(agreement));
    }
    return steps;
  }
}
