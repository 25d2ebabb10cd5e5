package dev.holdfast.replication;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This node's end of a log that a majority of the cluster keeps on its disks.
 *
 * <p>Safe for use by many threads. Nothing here but {@link #open}, {@link #start} and {@link
 * #close} waits.
 */
public interface ReplicatedLog extends AutoCloseable {
  /**
   * Takes the data directory, which is no other process's until this log is closed. For those who
   * keep files of their own in it and must open them before anything is applied; {@link #start}
   * does it otherwise.
   *
   * @throws DataRefusedException if it is another node's, damaged, or used by another process
   * @throws IOException if the disk fails
   */
  void open() throws IOException;

  /**
   * Opens the data directory and the peer port, and takes part in the cluster as soon as that is
   * safe: at once if this disk remembers the cluster or the cluster is this node alone, otherwise
   * in the background ({@link Role#STARTING}, {@link Role#WAITING_TO_JOIN}). Register with {@link
   * #messenger} before.
   *
   * @throws DataRefusedException if the disk holds something that must not be used: another node's
   *     data, a directory in use, a damaged log or snapshot
   * @throws IOException if the disk or the port fails
   */
  void start() throws IOException;

  /**
   * Appends an entry if this node still leads {@code term}. Never blocks.
   *
   * @param term the term in which the caller made the entry
   * @param entry handed over: the caller must not change it afterwards
   * @param listener called exactly once, on any thread, possibly before this method returns
   */
  void propose(long term, byte[] entry, ProposalListener listener);

  /**
   * Says that somebody at another node waits for an entry that this node has applied: a leader then
   * tells all members at once that it is committed, which they otherwise learn some milliseconds
   * later or with the next entry, whichever comes first. Without effect elsewhere. Never blocks.
   *
   * @param index the entry's place in the log
   */
  void propagateCommit(long index);

  /**
   * Asks for a linearizable read: the listener hears {@link ReadOutcome#APPLIED} when this node's
   * replica has applied everything that was committed at the time of the call. A majority confirms
   * the leader each time; there is no lease. Works on followers. Never blocks.
   */
  void readIndex(ReadListener listener);

  /** How this node stands. May wait some 100 ms for the engine's lock while an election goes on. */
  LogStatus status();

  /**
   * Asks another member to take over; without effect if this node does not lead. The outcome shows
   * in {@link Replica#onLeaderChanged}.
   *
   * @param to the next leader, or null for whoever has most of the log
   */
  void transferLeadership(@Nullable NodeId to);

  /**
   * Makes a waiting node a voter. Leader only.
   *
   * @return the members afterwards, or a {@link MembershipException}
   */
  CompletableFuture<List<Member>> addMember(NodeId id, String peerAddress);

  /** Takes a voter away, as {@link #addMember} adds one. Leader only; it may remove itself. */
  CompletableFuture<List<Member>> removeMember(NodeId id);

  /**
   * Lets a node whose disk was lost, and that now waits to join, in again under its name with a new
   * incarnation, in one change of the configuration. Leader only.
   *
   * @return the members afterwards, or a {@link MembershipException}
   */
  CompletableFuture<List<Member>> replaceMember(NodeId id);

  /** Writes a snapshot now and drops the log that it makes superfluous. */
  CompletableFuture<SnapshotInfo> takeSnapshot();

  /** Messages to the other nodes, beside the log. */
  PeerMessenger messenger();

  /**
   * Hands the leadership over if this node has it (waiting for at most a few election time-outs),
   * then stops. Proposals under way end as unknown. Closing twice does nothing.
   */
  @Override
  void close();
}
