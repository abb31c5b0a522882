package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A pull-mode backup as libvirt begins it, but by qemu-storage-daemon and without a VM: a raw disk
 * behind a metadata image, exported as "live" for writing, and later a frozen export "backup" with
 * the bitmap of what was written before.
 */
final class PullBackup implements AutoCloseable {
  static final String CONTEXT = "qemu:dirty-bitmap:backup-disk0";
  static final long SIZE = 1L << 30;
  private static final int GRANULE = 65_536;

  private final Path directory;
  private final ServerProcess daemon;
  private final SocketChannel channel;
  private final BufferedReader answers;

  PullBackup(Path directory) {
    this.directory = directory;
    ServerProcess.run("truncate", "-s", "1G", path("data.raw"));
    image("meta.qcow2", "-o", "data_file=" + path("data.raw") + ",data_file_raw=on");
    daemon =
        ServerProcess.storageDaemon(
            directory.resolve("nbd.sock"),
            "--chardev",
            "socket,id=qmp,path=" + path("qmp.sock") + ",server=on,wait=off",
            "--monitor",
            "chardev=qmp",
            "--blockdev",
            "driver=file,node-name=data0,discard=unmap,filename=" + path("data.raw"),
            "--blockdev",
            "driver=file,node-name=meta0,filename=" + path("meta.qcow2"),
            "--blockdev",
            "driver=qcow2,node-name=disk0,file=meta0,data-file=data0,discard=unmap",
            "--nbd-server",
            "addr.type=unix,max-connections=16,addr.path=" + path("nbd.sock"),
            "--export",
            "type=nbd,id=live,node-name=disk0,name=live,writable=on");
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path("qmp.sock")));
      answers = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
      answers.readLine();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    qmp("qmp_capabilities", new JsonObject());
    qmp("block-dirty-bitmap-add", bitmap("disk0", "chk1").put("persistent", true));
  }

  NbdUri uri(String export) {
    return daemon.uri(export);
  }

  /** Freezes the disk as it is now, with what was written since the start as its dirty bitmap. */
  void begin() {
    image("scratch.qcow2", "-F", "qcow2", "-b", path("meta.qcow2"));
    qmp(
        "blockdev-add",
        new JsonObject()
            .put("driver", "qcow2")
            .put("node-name", "scratch0")
            .put("backing", "disk0")
            .put(
                "file",
                new JsonObject().put("driver", "file").put("filename", path("scratch.qcow2"))));
    JsonObject copy =
        new JsonObject()
            .put("device", "disk0")
            .put("target", "scratch0")
            .put("sync", "none")
            .put("job-id", "bk0");
    qmp(
        "transaction",
        new JsonObject()
            .put(
                "actions",
                new JsonArray()
                    .add(action("block-dirty-bitmap-add", bitmap("disk0", "chk2")))
                    .add(
                        action(
                            "block-dirty-bitmap-disable",
                            new JsonObject().put("node", "disk0").put("name", "chk1")))
                    .add(action("blockdev-backup", copy))));
    qmp("block-dirty-bitmap-add", bitmap("scratch0", "backup-disk0").put("disabled", true));
    JsonObject source = new JsonObject().put("node", "disk0").put("name", "chk1");
    qmp(
        "block-dirty-bitmap-merge",
        new JsonObject()
            .put("node", "scratch0")
            .put("target", "backup-disk0")
            .put("bitmaps", new JsonArray().add(source)));
    qmp(
        "block-export-add",
        new JsonObject()
            .put("type", "nbd")
            .put("id", "bk")
            .put("node-name", "scratch0")
            .put("name", "backup")
            .put("bitmaps", new JsonArray().add("backup-disk0")));
  }

  /** Ends the backup as an aborted job does, whoever is connected. */
  void abort() {
    qmp("block-export-del", new JsonObject().put("id", "bk").put("mode", "hard"));
    qmp("block-job-cancel", new JsonObject().put("device", "bk0").put("force", true));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      daemon.close();
    }
  }

  private void image(String name, String... options) {
    String[] command = new String[7 + options.length];
    System.arraycopy(new String[] {"qemu-img", "create", "-q", "-f", "qcow2"}, 0, command, 0, 5);
    System.arraycopy(options, 0, command, 5, options.length);
    command[command.length - 2] = path(name);
    command[command.length - 1] = "1G";
    ServerProcess.run(command);
  }

  private static JsonObject bitmap(String node, String name) {
    return new JsonObject().put("node", node).put("name", name).put("granularity", GRANULE);
  }

  private static JsonObject action(String type, JsonObject data) {
    return new JsonObject().put("type", type).put("data", data);
  }

  private void qmp(String command, JsonObject arguments) {
    try {
      String line = new JsonObject().put("execute", command).put("arguments", arguments).encode();
      channel.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
      JsonObject answer;
      do {
        answer = new JsonObject(answers.readLine());
      } while (answer.containsKey("event"));
      if (answer.containsKey("error")) {
        throw new AssertionError(command + ": " + answer.encode());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
