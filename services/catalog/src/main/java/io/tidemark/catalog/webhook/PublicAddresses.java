package io.tidemark.catalog.webhook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** Tells addresses of the public internet from those of this host and its networks. */
final class PublicAddresses {
  /** Beside those that Java knows: RFC 6890's special blocks. */
  private static final List<Block> SPECIAL =
      List.of(
          new Block(0x00000000, 8),
          new Block(0x64400000, 10),
          new Block(0xC0000000, 24),
          new Block(0xC0000200, 24),
          new Block(0xC6120000, 15),
          new Block(0xC6336400, 24),
          new Block(0xCB007100, 24),
          new Block(0xF0000000, 4));

  private PublicAddresses() {}

  private record Block(int start, int bits) {
    boolean has(int address) {
      return (address ^ start) >>> (32 - bits) == 0;
    }
  }

  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    return switch (address) {
      case Inet4Address four -> isPublic(four.getAddress());
      case Inet6Address six -> isPublicSix(six.getAddress());
      default -> false;
    };
  }

  private static boolean isPublic(byte[] four) {
    int number = number(four, 0);
    return SPECIAL.stream().noneMatch(block -> block.has(number));
  }

  /** Only what is given out as global unicast, without what carries an IPv4 address inside. */
  private static boolean isPublicSix(byte[] six) {
    int first = number(six, 0);
    boolean global = (first & 0xE0000000) == 0x20000000;
    boolean carrier = first >>> 16 == 0x2002 || first == 0x20010000;
    boolean documentation = first == 0x20010DB8;
    return global && !carrier && !documentation;
  }

  private static int number(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
