package io.tidemark.standalone;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of bytes as users write it: 512K, 40M, 2G, in powers of 1024. */
record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})([KMG]?)");
  private static final Map<String, Integer> SHIFT = Map.of("", 0, "K", 10, "M", 20, "G", 30);

  /** Reads the form; picocli says what is wrong with another. */
  static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
      Matcher form = FORM.matcher(text.strip());
      if (!form.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is no size: give bytes, or a number with K, M or G");
      }
      try {
        long number = Long.parseLong(form.group(1));
        return new ByteSize(Math.multiplyExact(number, 1L << SHIFT.get(form.group(2))));
      } catch (ArithmeticException e) {
        throw new TypeConversionException("'" + text + "' is too large");
      }
    }
  }

  int intBytes() {
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }
}
