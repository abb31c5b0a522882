package io.tidemark.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers for people: binary units, rates, durations, local times. */
public final class Units {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Units() {}

  public static String bytes(long bytes) {
    return scaled((double) bytes);
  }

  private static String scaled(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? String.format(Locale.ROOT, "%.0f B", value)
        : String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
  }

  public static String rate(double bytesPerSecond) {
    return scaled(bytesPerSecond) + "/s";
  }

  public static String millis(long millis) {
    Duration d = Duration.ofMillis(millis);
    if (d.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return d.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d min", d.toHours(), d.toMinutesPart())
        : String.format(Locale.ROOT, "%d min %02d s", d.toMinutes(), d.toSecondsPart());
  }

  public static String time(Instant instant) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
        .withZone(ZoneId.systemDefault())
        .format(instant);
  }

  /**
   * Restore point ids are UUIDs; their first eight characters are enough for people, and for the
   * commands.
   */
  public static String shortId(String id) {
    return id.length() > 8 ? id.substring(0, 8) : id;
  }
}
