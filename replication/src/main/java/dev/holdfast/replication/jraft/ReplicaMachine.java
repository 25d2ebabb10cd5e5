package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.SnapshotImage;
import dev.holdfast.replication.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a {@link Replica} from the engine. All methods of {@link StateMachine} are called on the
 * engine's apply thread; the getters by anyone.
 */
final class ReplicaMachine implements StateMachine {
  private static final Logger log = LoggerFactory.getLogger(ReplicaMachine.class);

  static final String SNAPSHOT_FILE = "state";

  /** What else happens at a node when its machine moves. */
  interface Surroundings {
    /** An entry was applied. */
    void onApplied(long index);

    /** The replica was told of another leader or another term. */
    void onLeadership(Leadership leadership);

    /** The voters have changed. */
    void onMembers(Configuration configuration);

    /** A snapshot should be taken. */
    void onSnapshotDue();

    /** The node must not go on. */
    void onFatal(ExitCode code, String message, @Nullable Throwable cause);
  }

  private final NodeId self;
  private final Replica replica;
  private final SnapshotTrigger trigger;
  private final Executor snapshotWriter;
  private final StartRefusal refusal;
  private final Surroundings surroundings;
  private volatile Leadership leadership = Leadership.NONE;
  private volatile long appliedIndex;
  private volatile long snapshotBytes;

  ReplicaMachine(
      NodeId self,
      Replica replica,
      SnapshotTrigger trigger,
      Executor snapshotWriter,
      StartRefusal refusal,
      Surroundings surroundings) {
    this.self = self;
    this.replica = replica;
    this.trigger = trigger;
    this.snapshotWriter = snapshotWriter;
    this.refusal = refusal;
    this.surroundings = surroundings;
  }

  Leadership leadership() {
    return leadership;
  }

  long appliedIndex() {
    return appliedIndex;
  }

  /** The size of the last snapshot that was written here. */
  long snapshotBytes() {
    return snapshotBytes;
  }

  @Override
  public void onApply(Iterator entries) {
    while (entries.hasNext()) {
      long index = entries.getIndex();
      ByteBuffer data = readOnly(entries);
      int bytes = data.remaining();
      try {
        replica.apply(index, entries.getTerm(), data);
      } catch (RuntimeException | Error e) {
        surroundings.onFatal(
            ExitCode.APPLY_FAILED, "the replica failed at entry " + index + ": " + e, e);
        entries.setErrorAndRollback(1, new Status(RaftError.ESTATEMACHINE, "%s", e.toString()));
        return;
      }
      appliedIndex = index;
      Closure done = entries.done();
      if (done != null) {
        done.run(Status.OK());
      }
      surroundings.onApplied(index);
      if (trigger.onApplied(bytes, System.nanoTime())) {
        surroundings.onSnapshotDue();
      }
      entries.next();
    }
  }

  /**
   * The only place that touches an entry's buffer. It is the very buffer from which the replicators
   * send, so moving its position here would silently send other bytes to the followers.
   */
  private static ByteBuffer readOnly(Iterator entries) {
    return entries.getData().duplicate().asReadOnlyBuffer();
  }

  @Override
  public void onSnapshotSave(SnapshotWriter writer, Closure done) {
    SnapshotImage image;
    try {
      image = replica.snapshot();
    } catch (RuntimeException | Error e) {
      surroundings.onFatal(ExitCode.APPLY_FAILED, "the replica could not be copied: " + e, e);
      done.run(new Status(RaftError.ESTATEMACHINE, "%s", e.toString()));
      return;
    }
    trigger.onTaken(System.nanoTime());
    Path file = Path.of(writer.getPath(), SNAPSHOT_FILE);
    snapshotWriter.execute(() -> write(image, file, writer, done));
  }

  private void write(SnapshotImage image, Path file, SnapshotWriter writer, Closure done) {
    try (image) {
      snapshotBytes = SnapshotFile.write(file, image);
      done.run(
          writer.addFile(SNAPSHOT_FILE)
              ? Status.OK()
              : new Status(RaftError.EIO, "the snapshot was not listed"));
    } catch (IOException e) {
      log.error("The snapshot {} could not be written", file, e);
      surroundings.onFatal(ExitCode.DISK_FAILED, "the snapshot was not written to " + file, e);
      done.run(new Status(RaftError.EIO, "%s", e.toString()));
    } catch (RuntimeException | Error e) {
      // Without an end of this one the engine would take no other, and keep the log for ever.
      log.error("The snapshot {} could not be made", file, e);
      surroundings.onFatal(
          ExitCode.APPLY_FAILED,
          "the replica's copy could not be written to " + file + ": " + e,
          e);
      done.run(new Status(RaftError.ESTATEMACHINE, "%s", e.toString()));
    }
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    Path file = Path.of(reader.getPath(), SNAPSHOT_FILE);
    try {
      SnapshotFile.verify(file);
      try (InputStream content = SnapshotFile.open(file)) {
        replica.restore(content);
      }
      trigger.onTaken(System.nanoTime());
      appliedIndex = reader.load().getLastIncludedIndex();
      return true;
    } catch (DataRefusedException e) {
      refusal.refuse(e);
      surroundings.onFatal(ExitCode.DATA_REFUSED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      refusal.refuse(e);
      surroundings.onFatal(ExitCode.DISK_FAILED, "the snapshot " + file + " was not read", e);
    } catch (RuntimeException | Error e) {
      refusal.refuse(new IOException("the replica could not be restored from " + file, e));
      surroundings.onFatal(ExitCode.APPLY_FAILED, "the replica was not restored: " + e, e);
    }
    return false;
  }

  @Override
  public void onLeaderStart(long term) {
    Leadership before = leadership;
    if (before.gained() && before.term() == term) {
      return;
    }
    become(new Leadership(term, self, true));
    if (!self.equals(before.leader()) || before.term() != term) {
      tell(() -> replica.onLeaderChanged(self, term));
    }
    tell(() -> replica.onLeadershipGained(term));
  }

  @Override
  public void onLeaderStop(Status status) {
    Leadership before = leadership;
    if (!before.gained()) {
      return;
    }
    become(new Leadership(before.term(), null, false));
    tell(() -> replica.onLeadershipLost(before.term()));
    tell(() -> replica.onLeaderChanged(null, before.term()));
  }

  @Override
  public void onStartFollowing(LeaderChangeContext context) {
    NodeId leader = Peers.name(context.getLeaderId());
    become(new Leadership(context.getTerm(), leader, false));
    tell(() -> replica.onLeaderChanged(leader, context.getTerm()));
  }

  @Override
  public void onStopFollowing(LeaderChangeContext context) {
    if (leadership.leader() == null) {
      return;
    }
    become(new Leadership(context.getTerm(), null, false));
    tell(() -> replica.onLeaderChanged(null, context.getTerm()));
  }

  private void become(Leadership now) {
    leadership = now;
    surroundings.onLeadership(now);
  }

  private void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException | Error e) {
      surroundings.onFatal(
          ExitCode.APPLY_FAILED, "the replica failed at a change of the leader: " + e, e);
    }
  }

  @Override
  public void onConfigurationCommitted(Configuration configuration) {
    surroundings.onMembers(configuration);
  }

  @Override
  public void onError(RaftException error) {
    if (refusal.reason() instanceof DataRefusedException refused) {
      surroundings.onFatal(ExitCode.DATA_REFUSED, String.valueOf(refused.getMessage()), error);
      return;
    }
    ExitCode code =
        switch (error.getType()) {
          case ERROR_TYPE_LOG, ERROR_TYPE_STABLE, ERROR_TYPE_META, ERROR_TYPE_SNAPSHOT ->
              ExitCode.DISK_FAILED;
          case ERROR_TYPE_STATE_MACHINE -> ExitCode.APPLY_FAILED;
          default -> ExitCode.ENGINE_FAILED;
        };
    surroundings.onFatal(code, "the engine stopped: " + error.getStatus(), error);
  }

  @Override
  public void onShutdown() {
    // Whoever closes the log knows.
  }
}
