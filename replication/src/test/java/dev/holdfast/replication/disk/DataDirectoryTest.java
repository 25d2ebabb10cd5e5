package dev.holdfast.replication.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final NodeId N1 = new NodeId("n1");

  @TempDir Path root;

  @Test
  void record_survives_and_a_new_directory_has_a_new_disk() throws Exception {
    String disk;
    try (DataDirectory data = open()) {
      assertThat(data.record().voter()).isFalse();
      disk = data.record().disk();
      data.update(data.record().asVoter(3, null));
    }
    try (DataDirectory data = open()) {
      assertThat(data.record().disk()).isEqualTo(disk);
      assertThat(data.record().voter()).isTrue();
      assertThat(data.record().incarnation()).isEqualTo(3);
    }
    Files.delete(root.resolve("node.json"));
    try (DataDirectory data = open()) {
      assertThat(data.record().disk()).isNotEqualTo(disk);
    }
  }

  @Test
  void unreadable_record_is_refused() throws Exception {
    open().close();
    Files.writeString(root.resolve("node.json"), "{\"format\": 1, \"clus");
    assertRefused("node.json is damaged");
  }

  @Test
  void log_without_a_record_is_refused() throws Exception {
    open().close();
    Files.writeString(root.resolve("log/entries/000004.log"), "something");
    Files.delete(root.resolve("node.json"));
    assertRefused("no node.json");
  }

  @Test
  void missing_votes_of_a_node_that_took_part_are_refused() throws Exception {
    try (DataDirectory data = open()) {
      data.update(data.record().asVoter(0, null));
      data.noteParticipation();
    }
    assertRefused("votes are missing");
    Files.writeString(root.resolve("log/votes/vote"), "a vote");
    open().close();
  }

  private DataDirectory open() throws IOException {
    return DataDirectory.open(root, "test", N1);
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::open)
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining(why);
  }
}
