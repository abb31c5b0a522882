package io.tidemark.catalog.verification;

import io.tidemark.repository.VerifyPlan;
import java.util.List;
import java.util.OptionalLong;

/**
 * What somebody wants verified.
 *
 * @param points the points; empty for all that there are
 * @param mode how thoroughly
 * @param bytesPerSecond the most to read in a second; empty for no limit
 */
public record VerificationRequest(
    List<String> points, VerifyPlan.Mode mode, OptionalLong bytesPerSecond) {

  public VerificationRequest {
    points = List.copyOf(points);
  }
}
