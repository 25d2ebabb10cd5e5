package dev.holdfast.client.session;

import java.util.List;

/** Grants as the machine makes them, for tests of who gets them. */
public final class TestGrants {
  private TestGrants() {}

  /** A grant that is held as long as its session is, which is for ever. */
  public static HeldGrant held(long token) {
    Lease lease = new Lease(() -> 1, () -> 1, 10_000);
    lease.openSent();
    lease.opened(0);
    return new HeldGrant(lease, token, "owner", List.of(), 0);
  }

  /** As the machine does it when it learns of a loss. */
  public static void lose(HeldGrant grant, LossReason reason) {
    grant.lose(reason);
  }

  /** As the machine does it when a conversion was granted whose caller had left. */
  public static void continueAs(HeldGrant before, HeldGrant next) {
    before.continueAs(next);
  }

  /** As the machine does it with a result. */
  public static boolean deliver(Call call, CallResult result) {
    return call.deliver(result);
  }
}
