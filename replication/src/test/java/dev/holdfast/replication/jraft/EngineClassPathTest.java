package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.util.JRaftServiceLoader;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineClassPathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"com.caucho.hessian.io.Hessian2Input", "io.netty.bootstrap.ServerBootstrap"})
  void transport_that_came_with_the_engine_cannot_be_loaded(String name) {
    assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void engine_finds_our_transport_and_our_timers() {
    assertThat(JRaftServiceLoader.load(RaftRpcFactory.class).first())
        .isInstanceOf(GrpcRpcFactory.class);
    assertThat(JRaftServiceLoader.load(RaftTimerFactory.class).first())
        .isInstanceOf(EngineTimers.class);
  }
}
