package dev.holdfast.replication.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  /** What is missing must not be read as "has not voted yet". */
  @Test
  void flipped_bit_anywhere_in_the_record_is_refused_or_changes_a_value_only() throws Exception {
    NodeRecord sound;
    try (DataDirectory data = open()) {
      FoundingRecord founding =
          new FoundingRecord(
              "a", List.of(new FoundingRecord.FoundingMember("n1", "10.0.0.1:5472", "b")));
      data.update(data.record().asVoter(3, founding));
      data.noteParticipation();
      sound = data.record();
    }
    Files.writeString(root.resolve("log/votes/vote"), "a vote");
    Files.writeString(root.resolve("log/entries/000004.log"), "");
    Path file = root.resolve("node.json");
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        try (DataDirectory data = open()) {
          NodeRecord read = data.record();
          assertThat(read)
              .as("byte %d, bit %d", at, bit)
              .isEqualTo(
                  new NodeRecord(
                      1,
                      "test",
                      "n1",
                      read.disk(),
                      read.incarnation(),
                      true,
                      true,
                      read.founding()));
          assertThat(read.incarnation()).as("byte %d, bit %d", at, bit).isPositive();
          assertThat(read.disk()).hasSameSizeAs(sound.disk());
          assertThat(read.founding()).isNotNull();
        } catch (DataRefusedException e) {
          assertThat(e).hasMessageContaining("node.json");
        }
      }
    }
  }

  @Test
  void record_that_says_nothing_is_refused() throws Exception {
    open().close();
    for (String nothing : List.of("", "null", "{}", "[]", "{\"format\": 1}")) {
      Files.writeString(root.resolve("node.json"), nothing);
      assertRefused("node.json");
    }
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
    Files.writeString(root.resolve("log/votes/vote.tmp"), "half of a vote");
    assertRefused("votes are missing");
    Files.writeString(root.resolve("log/votes/vote"), "a vote");
    Files.writeString(root.resolve("log/entries/000004.log"), "");
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
