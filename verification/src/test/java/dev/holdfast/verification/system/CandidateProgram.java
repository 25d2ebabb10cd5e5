package dev.holdfast.verification.system;

import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LeaderElector;
import dev.holdfast.client.LeadershipListener;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A candidate to be killed: stands in an election, and says when it leads. */
public final class CandidateProgram {
  static final String LEADS = "leads with token ";
  static final String STOPPED = "leads no more";

  private CandidateProgram() {}

  /**
   * Runs until it is killed.
   *
   * @param args endpoints, the election's name, what to proclaim, the session's TTL in milliseconds
   */
  public static void main(String[] args) throws InterruptedException {
    Duration ttl = Duration.ofMillis(Long.parseLong(args[3]));
    LeadershipListener says =
        new LeadershipListener() {
          @Override
          public void onStartedLeading(FencingToken token) {
            System.out.println(LEADS + token);
          }

          @Override
          public void onStoppedLeading() {
            System.out.println(STOPPED);
          }
        };
    try (Holdfast holdfast = Holdfast.builder().endpoints(args[0]).sessionTtl(ttl).connect();
        LeaderElector elector = LeaderElector.start(holdfast, args[1], args[2], says)) {
      new CountDownLatch(1).await();
      throw new AssertionError("ended while it leads or stands: " + elector.isLeading());
    }
  }
}
