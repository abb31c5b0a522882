package io.tidemark.nbd.protocol;

/** Numbers of the protocol, by their section in proto.md. */
public final class Wire {
  // "Newstyle negotiation"
  public static final long NBD_MAGIC = 0x4e42444d41474943L;
  public static final long OPTION_MAGIC = 0x49484156454F5054L;
  public static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
  public static final int FLAG_FIXED_NEWSTYLE = 1;
  public static final int FLAG_NO_ZEROES = 1 << 1;

  // "Option types"
  public static final int OPT_ABORT = 2;
  public static final int OPT_LIST = 3;
  public static final int OPT_STARTTLS = 5;
  public static final int OPT_INFO = 6;
  public static final int OPT_GO = 7;
  public static final int OPT_STRUCTURED_REPLY = 8;
  public static final int OPT_LIST_META_CONTEXT = 9;
  public static final int OPT_SET_META_CONTEXT = 10;
  public static final int OPT_EXTENDED_HEADERS = 11;

  // "Option reply types"
  public static final int REP_ACK = 1;
  public static final int REP_SERVER = 2;
  public static final int REP_INFO = 3;
  public static final int REP_META_CONTEXT = 4;
  public static final int REP_ERROR_BIT = 1 << 31;
  public static final int ERR_TLS_REQD = 5;
  public static final int ERR_UNKNOWN = 6;
  public static final int ERR_SHUTDOWN = 7;

  public static final int INFO_EXPORT = 0;
  public static final int INFO_BLOCK_SIZE = 3;

  // "Request types", "Command flags"
  public static final int CMD_READ = 0;
  public static final int CMD_WRITE = 1;
  public static final int CMD_DISC = 2;
  public static final int CMD_FLUSH = 3;
  public static final int CMD_TRIM = 4;
  public static final int CMD_CACHE = 5;
  public static final int CMD_WRITE_ZEROES = 6;
  public static final int CMD_BLOCK_STATUS = 7;
  public static final int CMD_FLAG_FUA = 1;
  public static final int CMD_FLAG_NO_HOLE = 1 << 1;
  public static final int CMD_FLAG_DF = 1 << 2;
  public static final int CMD_FLAG_FAST_ZERO = 1 << 4;
  public static final int CMD_FLAG_PAYLOAD_LEN = 1 << 5;

  // "Request message"
  public static final int REQUEST_MAGIC = 0x25609513;
  public static final int EXTENDED_REQUEST_MAGIC = 0x21e41c71;

  // "Simple reply message", "Structured reply chunk message", "Extended reply chunk message"
  public static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  public static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;
  public static final int EXTENDED_REPLY_MAGIC = 0x6e8a278c;
  public static final int REPLY_FLAG_DONE = 1;
  public static final int CHUNK_NONE = 0;
  public static final int CHUNK_OFFSET_DATA = 1;
  public static final int CHUNK_OFFSET_HOLE = 2;
  public static final int CHUNK_BLOCK_STATUS = 5;
  public static final int CHUNK_BLOCK_STATUS_EXT = 6;
  public static final int CHUNK_ERROR_BIT = 1 << 15;
  public static final int CHUNK_ERROR_OFFSET = CHUNK_ERROR_BIT | 2;

  // "Error values"
  public static final int ENOMEM = 12;
  public static final int EIO = 5;
  public static final int EOVERFLOW = 75;
  public static final int ENOTSUP = 95;
  public static final int ESHUTDOWN = 108;

  /** "String values". */
  public static final int MAX_STRING_BYTES = 4096;

  private Wire() {}
}
