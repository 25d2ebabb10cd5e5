package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import com.google.protobuf.Message;

/**
 * Gives the engine our transport; found by the engine's service loader, where the priority puts it
 * before the one that comes with the engine.
 *
 * <p>There is one factory in a Java process but perhaps several nodes. What belongs to a node, its
 * {@link EngineChannel}, therefore comes to the client through the node's own options: the engine
 * hands them to {@link #defaultJRaftClientConfigHelper} and the result to {@link #createRpcClient}.
 */
@SPI(priority = 100)
public final class GrpcRpcFactory implements RaftRpcFactory {
  @Override
  public void registerProtobufSerializer(String className, Object... args) {
    EngineMessages.register(className, (Message) args[0]);
  }

  @Override
  public ConfigHelper<RpcClient> defaultJRaftClientConfigHelper(RpcOptions options) {
    if (options instanceof EngineOptions ours) {
      return client -> ((EngineRpcClient) client).use(ours.channel());
    }
    throw new IllegalArgumentException("options that name no transport: " + options);
  }

  @Override
  public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
    EngineRpcClient client = new EngineRpcClient();
    helper.config(client);
    return client;
  }

  @Override
  public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
    throw new UnsupportedOperationException("a node makes its own server, see EngineRpcServer");
  }
}
