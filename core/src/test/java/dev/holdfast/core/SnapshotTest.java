package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.protocol.log.v1.SnapshotHeader;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
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
    script.run("force nothing token=1 op=1");
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
    script.run("preempt a#2 other");
    assertThat(records(image)).isEqualTo(before);
    assertThat(records(script.machine().image())).isNotEqualTo(before);
  }

  @Test
  void history_leaves_no_mark_on_records() {
    Script other = new Script();
    other.run("open a");
    other.run("open b ttl=60s");
    other.run("acquire a#1 x,d/e lease=5s");
    other.run("acquire b#1 d wait=9s ack=1,5-7");
    other.run("reload");
    other.run("force nothing token=1 op=1");
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
