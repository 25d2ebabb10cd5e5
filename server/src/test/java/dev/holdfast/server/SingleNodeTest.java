package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.ListLocksRequest;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SingleNodeTest {
  private TestCluster cluster;
  private RawClient client;

  @BeforeAll
  void startNode(@TempDir Path data) throws Exception {
    cluster = TestCluster.start(data, 1);
    client = cluster.client("n1");
  }

  @AfterAll
  void stopNode() {
    client.close();
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  @Test
  void a_lock_is_acquired_checked_and_released() {
    RawStream session = client.open(10_000);
    long token = session.acquired("a/b");
    assertThat(token).isGreaterThan(session.sessionId());
    var check = client.locks().check(CheckRequest.newBuilder().setLock("a/b").build());
    assertThat(check.getHolders(0).getHolder().getToken()).isEqualTo(token);
    assertThat(check.getHolders(0).getHolder().getLabel()).isEqualTo("raw client");
    assertThat(session.finalAnswer(session.release(token)).hasReleased()).isTrue();
    assertThat(client.locks().check(CheckRequest.newBuilder().setLock("a/b").build()))
        .returns(0, reply -> reply.getHoldersCount());
    session.cutOff();
  }

  @Test
  void a_held_lock_is_waited_for_and_handed_over() {
    RawStream holder = client.open(10_000);
    RawStream waiter = client.open(10_000);
    long token = holder.acquired("handed");
    Answer refused = waiter.finalAnswer(waiter.acquire("handed", 0));
    assertThat(refused.getRefused().getReason()).isEqualTo(RefusalReason.HELD_BY_ANOTHER);
    assertThat(refused.getRefused().getHolder().getToken()).isEqualTo(token);
    long sequence = waiter.acquire("handed", -1);
    assertThat(waiter.answer(sequence).hasQueued()).isTrue();
    holder.release(token);
    assertThat(waiter.answer(sequence).getGranted().getToken()).isGreaterThan(token);
    holder.cutOff();
    waiter.cutOff();
  }

  @Test
  void a_list_of_locks_names_the_first_holders_and_counts_all() {
    RawStream session = client.open(10_000);
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      long sequence =
          session.request(
              Request.newBuilder()
                  .setAcquire(
                      Acquire.newBuilder()
                          .setOwner("reader" + i)
                          .addDemands(
                              Demand.newBuilder().setLock("crowd").setMode(LockMode.LOCK_MODE_S))));
      tokens.add(session.finalAnswer(sequence).getGranted().getToken());
    }
    var listed = client.locks().listLocks(ListLocksRequest.newBuilder().setPrefix("crowd").build());
    assertThat(listed.getLocks(0).getHolderCount()).isEqualTo(12);
    assertThat(listed.getLocks(0).getHoldersList())
        .extracting(grant -> grant.getHolder().getToken())
        .containsExactlyElementsOf(tokens.subList(0, 10));
    var check = client.locks().check(CheckRequest.newBuilder().setLock("crowd").build());
    assertThat(check.getHolderCount()).isEqualTo(12);
    assertThat(check.getHoldersCount()).isEqualTo(12);
    session.cutOff();
  }

  @Test
  void a_dump_tells_how_many_permits_are_held() {
    RawStream session = client.open(10_000);
    long sequence =
        session.request(
            Request.newBuilder()
                .setAcquire(
                    Acquire.newBuilder()
                        .setOwner("user")
                        .addDemands(
                            Demand.newBuilder().setLock("pool").setPermits(2).setLimit(5))));
    long token = session.finalAnswer(sequence).getGranted().getToken();
    List<Holder> dumped = new ArrayList<>();
    client
        .cluster()
        .dump(DumpRequest.getDefaultInstance())
        .forEachRemaining(
            chunk -> chunk.getHoldersList().forEach(grant -> dumped.add(grant.getHolder())));
    assertThat(dumped)
        .filteredOn(holder -> holder.getToken() == token)
        .extracting(Holder::getPermits)
        .containsExactly(2);
    session.cutOff();
  }

  @Test
  void a_session_is_renewed_and_closed() {
    RawStream session = client.open(2_000);
    session.renew(77);
    assertThat(session.next(frame -> frame.getRenewalsCount() > 0).getRenewals(0).getNonce())
        .isEqualTo(77);
    session.send(ClientFrame.newBuilder().setClose(true).build());
    assertThat(session.next(NodeFrame::getClosed).getClosed()).isTrue();
    assertThat(session.awaitEnd().isOk()).isTrue();
  }
}
