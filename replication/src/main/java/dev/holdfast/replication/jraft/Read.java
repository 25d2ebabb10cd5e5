package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A read under way; tells its listener once, after the engine's two seconds at the latest. */
final class Read extends ReadIndexClosure {
  private final ReadListener listener;
  private final AtomicBoolean told = new AtomicBoolean();

  Read(ReadListener listener) {
    this.listener = listener;
  }

  @Override
  public void run(Status status, long index, byte @Nullable [] context) {
    tell(status.isOk() ? ReadOutcome.APPLIED : ReadOutcome.FAILED);
  }

  void tell(ReadOutcome outcome) {
    if (told.compareAndSet(false, true)) {
      listener.onOutcome(outcome);
    }
  }
}
