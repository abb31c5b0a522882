package io.tidemark.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What leaves the suite running, so that one start is enough for all. */
class OneSuiteIT {
  @TempDir private static Path directory;
  private static TestSuite suite;

  @BeforeAll
  static void start() {
    suite = TestSuite.start(directory);
  }

  @AfterAll
  static void stop() {
    suite.close();
  }

  private static Path ownDirectory(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name));
  }

  @Nested
  class WrongInputIsRefused extends WrongInput {
    WrongInputIsRefused() throws IOException {
      super(suite, ownDirectory("wrong-input"));
    }
  }

  @Nested
  class BlankDomainsAreBackedUp extends BlankDomainBackups {
    BlankDomainsAreBackedUp() throws IOException {
      super(suite, ownDirectory("blank-domains"));
    }
  }

  @Nested
  class TheConsoleIsEnough extends ConsoleFlow {
    TheConsoleIsEnough() throws IOException {
      super(suite, ownDirectory("console"));
    }
  }

  @Nested
  class ABusyGuestIsBackedUp extends BusyGuest {
    ABusyGuestIsBackedUp() throws IOException {
      super(suite, ownDirectory("busy-guest"));
    }
  }
}
