package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.option.NodeOptions;

/** The engine's options of a node, and with them the node's transport. */
final class EngineOptions extends NodeOptions {
  private final EngineChannel channel;

  EngineOptions(EngineChannel channel) {
    this.channel = channel;
  }

  EngineChannel channel() {
    return channel;
  }
}
