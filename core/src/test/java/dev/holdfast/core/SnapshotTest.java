package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.holdfast.protocol.log.v1.SnapshotHeader;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private final Script script = new Script();

  @BeforeEach
  void fill() {
    script.run("open a");
    script.run("open b ttl=60s");
    script.run("acquire a#1 x,d/e lease=5s");
    script.run("acquire b#1 d wait=9s ack=1,5-7");
    script.run("acquire a#2 files/one lease=5s");
    script.run("append a#3 one token=a#2 text=some rollback=1");
    script.run("append a#4 one token=a#2 bytes=140000 rollback=1");
    script.run("by c/1 acquire x wait=9s");
    script.run("by c/2 preempt y");
    script.run("by e/1 preempt y");
    script.run("force nothing token=1 op=1");
    script.run("by g/1 preempt w");
    script.run("close g");
  }

  @Test
  void image_taken_twice_has_equal_records() {
    assertThat(records(script.machine().image())).isEqualTo(records(script.machine().image()));
  }

  @Test
  void image_does_not_see_what_happens_after_it() {
    StateImage image = script.machine().image();
    List<SnapshotRecord> before = records(image);
    script.run("tick +6s");
    script.run("close b");
    script.run("preempt a#5 other");
    assertThat(records(image)).isEqualTo(before);
    assertThat(records(script.machine().image())).isNotEqualTo(before);
  }

  @Test
  void records_of_a_large_state_are_made_one_at_a_time() {
    script.run("open many locks=1000000");
    for (int i = 1; i <= 20_000; i++) {
      script.run("preempt many#%d lock%d owner=o%d ack=%d".formatted(i, i, i, i));
    }
    Iterator<SnapshotRecord> records = script.machine().image().records();
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long most = 0;
    while (records.hasNext()) {
      long before = thread.getCurrentThreadAllocatedBytes();
      records.next();
      most = Math.max(most, thread.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(most).as("bytes for a record, the largest being 64 KiB").isLessThan(1_000_000);
  }

  @Test
  void history_leaves_no_mark_on_records() {
    Script other = new Script();
    other.run("open a");
    other.run("open b ttl=60s");
    other.run("acquire a#1 x,d/e lease=5s");
    other.run("acquire b#1 d wait=9s ack=1,5-7");
    other.run("acquire a#2 files/one lease=5s");
    other.run("append a#3 one token=a#2 text=some rollback=1");
    other.run("append a#4 one token=a#2 bytes=140000 rollback=1");
    other.run("by c/1 acquire x wait=9s");
    other.run("reload");
    other.run("by c/2 preempt y");
    other.run("by e/1 preempt y");
    other.run("force nothing token=1 op=1");
    other.run("by g/1 preempt w");
    other.run("close g");
    assertThat(records(other.machine().image())).isEqualTo(records(script.machine().image()));
    assertThat(other.machine().stateHash()).isEqualTo(script.machine().stateHash());
  }

  @Test
  void every_damage_is_refused() {
    List<SnapshotRecord> intact = records(script.machine().image());
    for (int i = 0; i < intact.size(); i++) {
      List<SnapshotRecord> without = new ArrayList<>(intact);
      without.remove(i);
      refused(without);
      List<SnapshotRecord> twice = new ArrayList<>(intact);
      twice.add(i, intact.get(i));
      refused(twice);
      List<SnapshotRecord> unknown = new ArrayList<>(intact);
      unknown.set(i, SnapshotRecord.getDefaultInstance());
      refused(unknown);
    }
  }

  @Test
  void every_damage_to_the_header_is_refused() {
    List<SnapshotRecord> intact = records(script.machine().image());
    SnapshotHeader header = intact.getFirst().getHeader();
    for (SnapshotHeader damaged :
        List.of(
            header.toBuilder().setClockMillis(header.getClockMillis() + 1).build(),
            header.toBuilder().setRevision(header.getRevision() + 1).build(),
            header.toBuilder().setMapRevision(header.getMapRevision() - 1).build())) {
      refused(withHeader(intact, damaged), "does not match its hash");
    }
    for (int format : List.of(0, header.getFormat() - 1, header.getFormat() + 1)) {
      refused(
          withHeader(intact, header.toBuilder().setFormat(format).build()),
          "the snapshot has format " + format);
    }
  }

  private static List<SnapshotRecord> withHeader(
      List<SnapshotRecord> records, SnapshotHeader header) {
    List<SnapshotRecord> other = new ArrayList<>(records);
    other.set(0, SnapshotRecord.newBuilder().setHeader(header).build());
    return other;
  }

  private static void refused(List<SnapshotRecord> records) {
    refused(records, "snapshot");
  }

  private static void refused(List<SnapshotRecord> records, String told) {
    assertThatThrownBy(() -> LockStateMachine.restore(records.iterator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(told);
  }

  private static List<SnapshotRecord> records(StateImage image) {
    List<SnapshotRecord> records = new ArrayList<>();
    for (Iterator<SnapshotRecord> each = image.records(); each.hasNext(); ) {
      records.add(each.next());
    }
    return records;
  }
}
