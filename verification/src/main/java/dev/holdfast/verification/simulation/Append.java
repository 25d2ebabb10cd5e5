package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;

/** What somebody asked to append. */
final class Append {
  final String client;
  final long sessionId;
  final String file;
  final ByteString data;
  final boolean rollBack;
  long offset;

  /** 0 until it is in the file. */
  long revision;

  /** When it was cut off again, or the file removed. */
  long goneRevision = Long.MAX_VALUE;

  boolean acknowledged;

  /** Empty unless it was told that it is not in the file, and never will be. */
  String refusal = "";

  Append(SimulatedClient client, String file, ByteString data, boolean rollBack) {
    this.client = client.name;
    this.sessionId = client.sessionId();
    this.file = file;
    this.data = data;
    this.rollBack = rollBack;
  }

  @Override
  public String toString() {
    return "the append " + data.toStringUtf8().split(";", 2)[0] + " of " + client + " to " + file;
  }
}
