package dev.holdfast.client.watch;

import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Told what a watch learns, by the thread that drives it; must not block. After each of the first
 * three it hears nothing more until it has said {@link WatchMachine#taken}: nothing piles up.
 */
public interface WatchObserver {
  /**
   * The watch has begun. Said once.
   *
   * @param revision events after it follow
   */
  void started(long revision);

  /**
   * Something happened.
   *
   * @param events one or more, in order, each told once
   */
  void happened(List<LockEvent> events);

  /**
   * Events may have been missed.
   *
   * @param revision those after it follow
   */
  void passedOver(long revision);

  /**
   * A node is not what it should be; the watch goes on elsewhere.
   *
   * @param why for a person
   */
  void disturbed(String why);

  /**
   * The watch is over. Said once.
   *
   * @param refused why nodes refuse it for good; null if it was closed
   */
  void ended(@Nullable Refused refused);
}
