package dev.holdfast.replication;

import java.io.IOException;

/**
 * Another process runs under this node's id. The message says which, where, and what to do; this
 * process has taken no part in the cluster.
 */
public final class NodeIdInUseException extends IOException {
  private static final long serialVersionUID = 1;

  public NodeIdInUseException(String message) {
    super(message);
  }
}
