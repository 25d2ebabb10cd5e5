package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The first thing that either side of a stream says: who it is.
 *
 * @param cluster the name of its cluster; strangers are turned away
 * @param node its own name; a node at an address where another was expected is turned away too
 */
record Greeting(String cluster, NodeId node) {
  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(cluster);
      out.writeUTF(node.value());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Greeting decode(byte[] frame, int offset) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(frame, offset, frame.length - offset))) {
      String cluster = in.readUTF();
      return new Greeting(cluster, new NodeId(in.readUTF()));
    } catch (IllegalArgumentException e) {
      throw new IOException("not a greeting", e);
    }
  }
}
