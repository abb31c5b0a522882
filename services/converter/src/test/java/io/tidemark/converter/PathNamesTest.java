package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PathNamesTest {
  private static final String CHARSET = "sun.jnu.encoding";
  private final String charset = System.getProperty(CHARSET);

  @AfterEach
  void restoreCharset() {
    System.setProperty(CHARSET, charset);
  }

  @Test
  void inAUtf8LocaleEveryNameCanBeUsed() {
    System.setProperty(CHARSET, "utf8");

    assertThat(PathNames.areUnlimited()).isTrue();
  }

  @Test
  void anyOtherIsNamedWithWhatToDo() {
    System.setProperty(CHARSET, "ANSI_X3.4-1968");

    assertThat(PathNames.areUnlimited()).isFalse();
    assertThat(PathNames.advice()).contains("US-ASCII").contains("LC_ALL=C.UTF-8");
  }

  @Test
  void aNameThatCannotBeUsedIsTold() {
    System.setProperty(CHARSET, "ANSI_X3.4-1968");
    InvalidPathException failure =
        catchThrowableOfType(InvalidPathException.class, () -> Path.of("/images/\ud800.raw"));

    assertThat(PathNames.why(failure)).contains("/images/").contains("LC_ALL=C.UTF-8");
  }
}
