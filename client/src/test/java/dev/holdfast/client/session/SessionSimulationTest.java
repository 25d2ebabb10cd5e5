package dev.holdfast.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.fake.FakeCluster;
import dev.holdfast.client.fake.World;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several sessions in a world that breaks streams at any frame, freezes the cluster, overloads it,
 * takes nodes away and jumps clocks; callers wait, leave, time out, extend, convert, hand over,
 * resolve. After each step nobody says that a lock is held which the cluster has given up or whose
 * release was asked for, and nobody is told that such a lock was lost; at the end every call has
 * its one result and nothing is held or waited for by nobody.
 */
class SessionSimulationTest {
  private static final long TTL = 3_000;
  private static final long MILLI = 1_000_000;
  private static final String[] ENDPOINTS = {"a:1", "b:1", "c:1"};
  private static final String[] LOCKS = {"w", "x", "y", "z"};

  static LongStream seeds() {
    Long one = Long.getLong("holdfast.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.range(0, Integer.getInteger("holdfast.client.seeds", 400));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_call_ends_once_and_nothing_is_left_behind(long seed) {
    try {
      new Run(seed).run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("seed " + seed + "; repeat with -Dholdfast.seed=" + seed, failure);
    }
  }

  /** One session and its users. */
  private static final class User {
    final World.Client surroundings;
    final Recorder recorder = new Recorder();
    final SessionMachine machine;
    final List<TestCall> pending = new ArrayList<>();
    final List<HeldGrant> held = new ArrayList<>();
    final List<HeldGrant> givenBack = new ArrayList<>();
    final List<Long> doubts = new ArrayList<>();
    final List<TestCall> all = new ArrayList<>();
    int lastOwner;
    int takenReceived;

    User(World world, long seed) {
      surroundings = world.newClient();
      RetryPolicy retry =
          new RetryPolicy(
              Duration.ofMillis(5), 2, Duration.ofMillis(200), 0.5, 4, Duration.ofSeconds(2));
      SessionSettings settings =
          new SessionSettings(List.of(ENDPOINTS), false, "id", "label", TTL, 0, retry, 300);
      machine =
          new SessionMachine(
              settings,
              surroundings.clock(),
              surroundings.wall(),
              new Random(seed),
              surroundings,
              recorder);
      surroundings.drive(machine);
    }

    void submit(TestCall call) {
      pending.add(call);
      all.add(call);
      machine.submit(call);
      if (call.action instanceof Action.ReleaseGrant release) {
        held.stream()
            .filter(grant -> grant.latest().token() == release.token())
            .forEach(givenBack::add);
        held.removeAll(givenBack);
      }
    }

    void collect() {
      pending.removeIf(
          call -> {
            CallResult result = call.result;
            if (result instanceof CallResult.Granted granted) {
              if (call.action instanceof Action.ExtendGrant extend) {
                held.stream()
                    .filter(grant -> grant.token() == extend.token())
                    .forEach(HeldGrant::markReleased);
                held.removeIf(grant -> grant.token() == extend.token());
              }
              held.add(granted.grant());
            }
            if (result instanceof CallResult.Converted converted && converted.isReplaced()) {
              held.removeIf(grant -> grant.latest() == converted.before());
              if (converted.before().isGivenBack()) {
                // Its user gave back what it had while it asked for more.
                giveBack(converted.grant());
              } else {
                held.add(converted.grant());
              }
            }
            if (result instanceof CallResult.HandedOver
                && call.action instanceof Action.HandOverGrant handOver) {
              held.removeIf(grant -> grant.token() == handOver.token());
            }
            if (result instanceof CallResult.Unknown unknown) {
              doubts.add(unknown.sequence());
            }
            return result != null || call.left;
          });
      held.addAll(recorder.received.subList(takenReceived, recorder.received.size()));
      takenReceived = recorder.received.size();
    }

    private void giveBack(HeldGrant grant) {
      machine.submit(
          new TestCall(new Action.ReleaseGrant(grant.token()), Call.NEVER, Call.WhenLate.DOUBT));
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final World world;
    private final List<User> users = new ArrayList<>();

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.world = new World(seed + 1, ENDPOINTS);
    }

    void run() {
      world.delayMaxMillis(1 + random.nextInt(80));
      double trouble = random.nextDouble();
      for (int i = 0; i < 3; i++) {
        users.add(new User(world, seed * 31 + i));
      }
      for (int step = 0; step < 150; step++) {
        if (random.nextDouble() < trouble * 0.3) {
          disturb();
        }
        for (int i = random.nextInt(4); i > 0; i--) {
          act(users.get(random.nextInt(users.size())));
        }
        world.run(random.nextInt(60));
        check();
      }
      settle();
    }

    private void disturb() {
      switch (random.nextInt(9)) {
        case 0 -> world.cutAll();
        case 1 -> world.cutChance(random.nextDouble() * 0.3);
        case 2 -> world.down(ENDPOINTS[random.nextInt(3)]);
        case 3 -> world.deaf(ENDPOINTS[random.nextInt(3)]);
        case 4 -> world.cluster().freeze(true);
        case 5 -> world.cluster().overload(RefusalReason.OVERLOADED);
        case 6 ->
            users.get(random.nextInt(3)).surroundings.jumpWallClock(random.nextInt(2_000) - 500);
        case 7 -> {
          for (FakeCluster.Grant grant : world.cluster().grants()) {
            if (random.nextInt(4) == 0) {
              world.cluster().forceRelease(grant.token(), "operator");
            }
          }
        }
        default -> world.heal();
      }
    }

    private void act(User user) {
      int dice = random.nextInt(100);
      if (dice < 55) {
        user.submit(ask(user));
      } else if (dice < 75 && !user.held.isEmpty()) {
        HeldGrant grant = user.held.get(random.nextInt(user.held.size()));
        user.submit(TestCall.release(grant.latest().token(), in(random.nextInt(1_000))));
      } else if (dice < 77 && !user.held.isEmpty()) {
        convert(user, user.held.get(random.nextInt(user.held.size())).latest());
      } else if (dice < 78 && !user.held.isEmpty()) {
        handOver(user, user.held.get(random.nextInt(user.held.size())).latest());
      } else if (dice < 80 && !user.held.isEmpty()) {
        HeldGrant grant = user.held.get(random.nextInt(user.held.size()));
        Action extension =
            new Action.ExtendGrant(grant.owner(), grant.demands(), grant.latest().token(), 500);
        user.submit(new TestCall(extension, in(500), Call.WhenLate.DOUBT));
      } else if (dice < 92 && !user.pending.isEmpty()) {
        TestCall leaver = user.pending.get(random.nextInt(user.pending.size()));
        if (leaver.result == null && !(leaver.action instanceof Action.ReleaseGrant)) {
          leaver.left = true;
          user.machine.abandon(leaver);
        }
      } else if (!user.doubts.isEmpty()) {
        long sequence = user.doubts.remove(0);
        if (random.nextBoolean()) {
          user.machine.resolve(
              sequence,
              result -> {
                if (result instanceof CallResult.Granted granted) {
                  user.held.add(granted.grant());
                }
                if (result instanceof CallResult.HandedOver) {
                  user.held.removeIf(grant -> grant.isGivenBack());
                }
                return true;
              });
        } else {
          user.machine.abandonDoubt(sequence);
        }
      }
      user.machine.advance();
    }

    private void convert(User user, HeldGrant grant) {
      LockMode mode = random.nextBoolean() ? LockMode.LOCK_MODE_S : LockMode.LOCK_MODE_X;
      boolean waits = random.nextBoolean();
      Action action =
          new Action.ConvertGrant(
              grant.owner(),
              grant.demands(),
              List.of(grant.demands().get(0).toBuilder().setMode(mode).build()),
              grant.token(),
              waits ? Action.Patience.LIMITED : Action.Patience.NONE,
              0);
      user.submit(new TestCall(action, in(random.nextInt(800)), Call.WhenLate.UNDO));
    }

    private void handOver(User user, HeldGrant grant) {
      User receiver = users.get(random.nextInt(users.size()));
      Action action =
          new Action.HandOverGrant(
              grant.owner(),
              grant.token(),
              Math.max(1, receiver.recorder.sessionId),
              "received-" + ++receiver.lastOwner);
      user.submit(new TestCall(action, in(2_000), Call.WhenLate.DOUBT));
    }

    private TestCall ask(User user) {
      // Few owners, so that one comes back while its last request is still being taken back.
      String owner =
          "owner-" + (random.nextInt(3) == 0 ? ++user.lastOwner + 10 : random.nextInt(3));
      String lock = LOCKS[random.nextInt(LOCKS.length)];
      LockMode mode = random.nextInt(3) == 0 ? LockMode.LOCK_MODE_S : LockMode.LOCK_MODE_X;
      long lease = random.nextInt(5) == 0 ? 1 + random.nextInt(2_000) : 0;
      return switch (random.nextInt(3)) {
        case 0 ->
            new TestCall(
                TestCall.locks(owner, lock, mode, Action.Patience.ENDLESS, lease),
                Call.NEVER,
                Call.WhenLate.UNDO);
        case 1 ->
            new TestCall(
                TestCall.locks(owner, lock, mode, Action.Patience.LIMITED, lease),
                in(random.nextInt(800)),
                Call.WhenLate.UNDO);
        default ->
            new TestCall(
                TestCall.locks(owner, lock, mode, Action.Patience.NONE, lease),
                in(1 + random.nextInt(500)),
                Call.WhenLate.DOUBT);
      };
    }

    private long in(long millis) {
      return world.nowNanos() + millis * MILLI;
    }

    private void check() {
      for (User user : users) {
        user.collect();
        boolean trusted = user.machine.stateByClock() != SessionState.LOST;
        for (HeldGrant each : user.held) {
          HeldGrant grant = each.latest();
          if (grant.isHeld()) {
            requireGranted(grant);
            assertThat(trusted).isTrue();
            boolean toldLater = forced(user, grant.token());
            assertThat(world.cluster().isCurrentOrReplaced(grant.token()) || toldLater)
                .as("grant %s says it is held, and the cluster has given it up", grant.token())
                .isTrue();
          }
        }
        assertThat(user.givenBack).as("held after its release").noneMatch(HeldGrant::isHeld);
        for (TestCall call : user.all) {
          assertThat(call.deliveries).isLessThanOrEqualTo(1);
        }
      }
    }

    /** What is relied on is what the cluster has granted, or less. */
    private void requireGranted(HeldGrant grant) {
      for (FakeCluster.Grant there : world.cluster().grants()) {
        if (there.token() == grant.token()) {
          assertThat(Modes.covers(there.demands(), grant.demands()))
              .as("%s is relied on, %s is granted", grant.demands(), there.demands())
              .isTrue();
        }
      }
    }

    /** Only an operator's release may be learned of late. */
    private boolean forced(User user, long token) {
      return world.cluster().wasForced(token) && user.recorder.sessionId != 0;
    }

    private void settle() {
      world.heal();
      world.delayMaxMillis(5);
      world.run(2_000);
      for (User user : users) {
        user.collect();
        for (TestCall call : new ArrayList<>(user.pending)) {
          boolean endless =
              call.action instanceof Action.AcquireLocks acquire
                  && acquire.patience() == Action.Patience.ENDLESS;
          assertThat(endless).as("a call with a deadline has no result: %s", call.action).isTrue();
          call.left = true;
          user.machine.abandon(call);
        }
        user.machine.advance();
      }
      // Whatever is doubtful is given back after a TTL; what is held is still held, and released
      // now.
      world.run(3 * TTL);
      for (User user : users) {
        user.collect();
        check();
        for (HeldGrant grant : new ArrayList<>(user.held)) {
          user.submit(TestCall.release(grant.latest().token(), in(2_000)));
        }
        user.machine.advance();
      }
      world.run(3_000);
      for (User user : users) {
        boolean alive = !user.machine.state().isOver();
        if (alive) {
          assertThat(world.cluster().grantsOf(user.recorder.sessionId))
              .as("ghost holders")
              .isEmpty();
          assertThat(user.machine.state()).isEqualTo(SessionState.HELD);
        }
        user.collect();
        assertThat(user.pending).isEmpty();
        user.machine.close(in(500));
      }
      world.run(1_000);
      assertThat(world.cluster().waitingCount()).as("ghost waiters").isZero();
      for (User user : users) {
        assertThat(user.recorder.ends).isEqualTo(1);
        assertThat(user.surroundings.openLines()).isZero();
        assertThat(user.machine.nextWakeNanos()).isEqualTo(Long.MAX_VALUE);
      }
    }
  }
}
