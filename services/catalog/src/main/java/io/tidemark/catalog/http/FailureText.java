package io.tidemark.catalog.http;

import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.store.Words;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job's reason in two: reasons say first what happened and then, after a full stop or a colon,
 * what to do.
 */
record FailureText(String reason, String remedy) {
  /** A sentence, and more after it. */
  private static final Pattern SENTENCES = Pattern.compile("(?s)(.+?[.!])\\s+(\\p{Lu}.+)");

  /** What happened, and what to do, as in "it is away: look after it". */
  private static final Pattern COLON = Pattern.compile("(?s)(.+): (\\p{Ll}.+)");

  static FailureText of(Job job) {
    String text = job.reason().orElse("It failed.").strip();
    Matcher sentences = SENTENCES.matcher(text);
    if (sentences.matches()) {
      return new FailureText(sentences.group(1), sentences.group(2));
    }
    Matcher colon = COLON.matcher(text);
    if (colon.matches()) {
      String remedy = colon.group(2);
      return new FailureText(
          colon.group(1) + ".", Character.toUpperCase(remedy.charAt(0)) + remedy.substring(1));
    }
    return new FailureText(
        text,
        "Look at the log of the services, then start the " + Words.of(job.type()) + " again.");
  }
}
