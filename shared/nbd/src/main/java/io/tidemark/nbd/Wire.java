package io.tidemark.nbd;

/** Numbers of the protocol, by their section in proto.md. */
final class Wire {
  // "Newstyle negotiation"
  static final long NBD_MAGIC = 0x4e42444d41474943L;
  static final long OPTION_MAGIC = 0x49484156454F5054L;
  static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
  static final int FLAG_FIXED_NEWSTYLE = 1;
  static final int FLAG_NO_ZEROES = 1 << 1;

  // "Option types"
  static final int OPT_ABORT = 2;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_SET_META_CONTEXT = 10;

  // "Option reply types"
  static final int REP_ACK = 1;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_ERROR_BIT = 1 << 31;
  static final int REP_ERR_UNSUP = REP_ERROR_BIT | 1;

  static final int INFO_EXPORT = 0;
  static final int INFO_BLOCK_SIZE = 3;

  // "Request message", "Request types", "Command flags"
  static final int REQUEST_MAGIC = 0x25609513;
  static final int CMD_READ = 0;
  static final int CMD_WRITE = 1;
  static final int CMD_DISC = 2;
  static final int CMD_FLUSH = 3;
  static final int CMD_WRITE_ZEROES = 6;
  static final int CMD_BLOCK_STATUS = 7;
  static final int CMD_FLAG_NO_HOLE = 1 << 1;
  static final int CMD_FLAG_DF = 1 << 2;

  // "Simple reply message", "Structured reply chunk message"
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;
  static final int REPLY_FLAG_DONE = 1;
  static final int CHUNK_NONE = 0;
  static final int CHUNK_OFFSET_DATA = 1;
  static final int CHUNK_OFFSET_HOLE = 2;
  static final int CHUNK_BLOCK_STATUS = 5;
  static final int CHUNK_ERROR_BIT = 1 << 15;
  static final int CHUNK_ERROR_OFFSET = CHUNK_ERROR_BIT | 2;

  /** "String values". */
  static final int MAX_STRING_BYTES = 4096;

  private Wire() {}
}
