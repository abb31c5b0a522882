package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.Text;
import io.tidemark.nbd.protocol.Wire;
import java.util.List;

/** SET_META_CONTEXT and LIST_META_CONTEXT. */
final class MetaContextOption implements Option {
  private final boolean select;
  private final String export;
  private final List<String> queries;
  private final Agreement agreement;

  private MetaContextOption(
      boolean select, String export, List<String> queries, Agreement agreement) {
    this.select = select;
    this.export = export;
    this.queries = queries;
    this.agreement = agreement;
  }

  static MetaContextOption select(String export, List<String> contexts, Agreement agreement) {
    return new MetaContextOption(true, export, contexts, agreement);
  }

  static MetaContextOption list(String export, List<String> queries, Agreement agreement) {
    return new MetaContextOption(false, export, queries, agreement);
  }

  @Override
  public int code() {
    return select ? Wire.OPT_SET_META_CONTEXT : Wire.OPT_LIST_META_CONTEXT;
  }

  @Override
  public boolean wanted() {
    return !select || !queries.isEmpty();
  }

  @Override
  public ByteBuf data() {
    if (!agreement.dialect.hasChunks()) {
      throw new Refusal("has no structured replies, so it can't tell block status");
    }
    ByteBuf data = Unpooled.buffer();
    Option.writeString(data, export);
    data.writeInt(queries.size());
    queries.forEach(query -> Option.writeString(data, query));
    return data;
  }

  @Override
  public boolean take(int type, ByteBuf data) {
    if (type != Wire.REP_META_CONTEXT) {
      return false;
    }
    if (data.readableBytes() < 5 || data.readableBytes() > 4 + Wire.MAX_STRING_BYTES) {
      throw new IllegalReply("a metadata context has a wrong length");
    }
    int id = data.readInt();
    String name = data.toString(UTF_8);
    if (select) {
      takeSelected(id, name);
    } else {
      agreement.offeredContexts.add(Text.printable(name));
    }
    return true;
  }

  private void takeSelected(int id, String name) {
    if (!queries.contains(name)) {
      throw new IllegalReply("it selects a metadata context that was not asked for");
    }
    if (agreement.contexts.containsValue(name) || agreement.contexts.put(id, name) != null) {
      throw new IllegalReply("a metadata context or its id comes twice");
    }
  }

  @Override
  public void acknowledged() {
    if (!select) {
      return;
    }
    for (String wanted : queries) {
      if (!agreement.contexts.containsValue(wanted)) {
        // Taking a missing dirty bitmap for "nothing is dirty" would lose data.
        throw new Refusal("does not have the metadata context '" + wanted + "'");
      }
    }
  }

  @Override
  public String subject() {
    return "metadata contexts of the export '" + export + "'";
  }
}
