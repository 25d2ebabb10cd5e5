package dev.holdfast.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.fake.World;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Calls that nobody waits for any more before a node could be asked. */
class UnsentCallsTest {
  private static final long MILLI = 1_000_000;

  private final World world = new World(7, "a:1");
  private final World.Client client = world.newClient();
  private final SessionMachine machine =
      new SessionMachine(
          new SessionSettings(
              List.of("a:1"), true, "id", "label", 9_000, 0, RetryPolicy.DEFAULT, 2_000),
          client.clock(),
          client.wall(),
          new Random(7),
          client,
          new Recorder());

  private TestCall tryLock(int number) {
    TestCall call = TestCall.lockUntil("o" + number, "x" + number, world.nowNanos() + MILLI);
    machine.submit(call);
    machine.advance();
    return call;
  }

  @Test
  void calls_whose_time_is_over_do_not_count_among_those_that_wait_to_be_sent() {
    world.down("a:1");
    client.drive(machine);
    for (int i = 0; i <= Requests.WAITING_MAX; i++) {
      TestCall call = tryLock(i);
      world.run(2);
      assertThat(call.result).isEqualTo(new CallResult.TimedOut(false));
    }
  }

  @Test
  void calls_whose_callers_have_left_do_not_count_among_those_that_wait_to_be_sent() {
    world.down("a:1");
    client.drive(machine);
    for (int i = 0; i < Requests.WAITING_MAX; i++) {
      TestCall call = tryLock(i);
      call.left = true;
      machine.abandon(call);
    }
    TestCall last = tryLock(Requests.WAITING_MAX);
    assertThat(last.result).isNull();
    world.heal();
    world.run(2_000);
    assertThat(world.cluster().grants()).isEmpty();
  }
}
