package dev.holdfast.client;

import dev.holdfast.protocol.LockName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An election on a lock: who holds it exclusively leads, under the fencing token of that grant;
 * candidates queue in the order in which they came. What a leader proclaims is kept with the lock,
 * for all who observe.
 *
 * <pre>{@code
 * Election election = holdfast.election("jobs/leader");
 * try (Leadership leadership = election.campaign()) {
 *   leadership.proclaim("10.0.0.7:8080");
 *   while (leadership.isLeading()) {
 *     runNextJob(leadership.token());
 *   }
 * }
 * }</pre>
 *
 * <p>Every campaign is a candidate of its own, also within one process. For a program that leads
 * whenever it can there is {@link LeaderElector}. Safe for use by many threads.
 */
public final class Election {
  private final Holdfast holdfast;
  private final String name;

  Election(Holdfast holdfast, String name) {
    String problem = LockName.problemWith(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    this.holdfast = holdfast;
    this.name = name;
  }

  /** The election's lock. */
  public String name() {
    return name;
  }

  /**
   * Stands, and waits until this candidate leads.
   *
   * @throws InterruptedException at once when interrupted; the candidacy is taken back, in the
   *     background if no node answers
   * @throws SessionExpiredException if the session was lost while it waited; the candidacy is gone
   * @throws LockRefusedException if the cluster refuses it, for instance {@link
   *     RefusalReason#QUEUE_FULL}
   */
  public Leadership campaign() throws InterruptedException {
    return new Leadership(name, holdfast.async().acquireAndWait(candidacy(), true));
  }

  /**
   * Stands, and waits for so long at most.
   *
   * @param limit zero or more; zero: leads at once or not at all
   * @return empty if somebody else leads at the end of that time; the candidacy is taken back then
   * @throws InterruptedException as for {@link #campaign()}, which says the rest too
   */
  public Optional<Leadership> maybeCampaign(Duration limit) throws InterruptedException {
    try {
      AcquireRequest request = candidacy().waitAtMost(limit);
      return Optional.of(new Leadership(name, holdfast.async().acquireAndWait(request, true)));
    } catch (LockRefusedException refused) {
      if (Outcomes.isInTheWay(refused.reason())) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  /**
   * As {@link #campaign()}, without waiting; the future fails with the same exceptions. To cancel
   * it, or to let it time out with {@code orTimeout}, takes the candidacy back.
   */
  public CompletableFuture<Leadership> campaignAsync() {
    return holdfast.async().acquireAs(candidacy(), grant -> new Leadership(name, grant));
  }

  private AcquireRequest candidacy() {
    return AcquireRequest.of(name, Mode.X);
  }

  /**
   * Who leads at present, linearizable; empty if nobody does.
   *
   * @throws UnavailableException if no node answered within the request time-out
   */
  public Optional<Leader> leader() {
    return holdfast.cluster().leader(name);
  }

  /**
   * Observes it, whether or not this program stands. Does not block, needs no session, and goes on
   * at another node when one fails, until it is closed or this client is.
   *
   * @param listener told of the present state, and then of every change once
   */
  public Watch observe(ElectionListener listener) {
    return holdfast.cluster().observe(name, listener);
  }

  @Override
  public String toString() {
    return "election " + name;
  }
}
