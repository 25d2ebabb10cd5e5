package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The first thing that either side of a stream says: who it is. A greeting may end after the node's
 * name, and whoever knows no more than that takes no notice of what follows.
 *
 * @param cluster the name of its cluster; strangers are turned away
 * @param node its own name; a node at an address where another was expected is turned away too
 * @param process which of the processes under that name, or null if it does not say
 * @param address where it says that it can be reached, for people; empty if it does not say
 */
record Greeting(String cluster, NodeId node, @Nullable ProcessNumber process, String address) {
  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(cluster);
      out.writeUTF(node.value());
      out.writeLong(process == null ? 0 : process.value());
      out.writeUTF(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Greeting decode(byte[] frame, int offset) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(frame, offset, frame.length - offset))) {
      String cluster = in.readUTF();
      NodeId node = new NodeId(in.readUTF());
      if (in.available() == 0) {
        return new Greeting(cluster, node, null, "");
      }
      long process = in.readLong();
      return new Greeting(
          cluster, node, process == 0 ? null : new ProcessNumber(process), in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException("not a greeting", e);
    }
  }
}
