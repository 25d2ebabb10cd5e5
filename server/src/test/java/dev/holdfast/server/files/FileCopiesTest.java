package dev.holdfast.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.DeleteFile;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileCopiesTest {
  @TempDir private Path data;

  private final Machine machine = new Machine();
  private final List<IOException> problems = new CopyOnWriteArrayList<>();
  private final List<FileCopies> opened = new ArrayList<>();

  /** A map with one session that holds the lock above all files. */
  private static final class Machine implements MapView {
    private LockStateMachine core = new LockStateMachine();
    private final List<Applied> history = new ArrayList<>();
    private long sequence;
    private int sessions;
    private long session;
    private long token;

    Machine() {
      begin();
    }

    /** A session with the lock; another one, if there was one. */
    final void begin() {
      Applied open =
          apply(
              Command.newBuilder()
                  .setOpen(
                      OpenSession.newBuilder()
                          .setNonce(ByteString.copyFromUtf8("%016d".formatted(++sessions)))
                          .setSecretHash(ByteString.copyFrom(new byte[32]))
                          .setTtlMillis(10_000))
                  .build());
      session = ((Outcome.Opened) open.outcomes().getFirst()).sessionId();
      Applied acquired =
          request(
              Request.newBuilder()
                  .setAcquire(
                      Acquire.newBuilder()
                          .setOwner("me")
                          .addDemands(
                              Demand.newBuilder().setLock("files").setMode(LockMode.LOCK_MODE_X))));
      token = ((Outcome.Answered) acquired.outcomes().getFirst()).answer().getGranted().getToken();
    }

    @Override
    public synchronized <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
      return query.apply(core);
    }

    synchronized Applied apply(Command command) {
      Applied applied = core.apply(LogEntry.newBuilder().addCommands(command).build());
      history.add(applied);
      return applied;
    }

    Applied request(Request.Builder request) {
      sequence++;
      return apply(
          Command.newBuilder()
              .setRequest(
                  SessionRequest.newBuilder()
                      .setSessionId(session)
                      .setRequest(request.setSequence(sequence)))
              .build());
    }

    Applied append(String file, byte[] bytes, boolean rollBack) {
      return request(
          Request.newBuilder()
              .setAppendFile(
                  AppendFile.newBuilder()
                      .setToken(token)
                      .setFile(file)
                      .setData(ByteString.copyFrom(bytes))
                      .setRollBack(rollBack)));
    }

    Applied delete(String file) {
      return request(
          Request.newBuilder()
              .setDeleteFile(DeleteFile.newBuilder().setToken(token).setFile(file)));
    }

    synchronized Applied expire() {
      Applied applied = core.apply(LogEntry.newBuilder().setClockMillis(100_000).build());
      history.add(applied);
      return applied;
    }

    synchronized void goThroughASnapshot() {
      core = LockStateMachine.restore(core.image().records());
    }
  }

  private FileCopies open() throws IOException {
    FileCopies copies = new FileCopies(folder(), "n1", problems::add);
    opened.add(copies);
    copies.readFrom(machine);
    copies.open();
    return copies;
  }

  private Path folder() {
    return data.resolve("files");
  }

  private static void tell(FileCopies copies, Applied applied) {
    copies.onApplied(new AppliedEntry(1, 1, LogEntry.getDefaultInstance(), applied, 0));
  }

  private void writeOn(FileCopies copies, String file, String text) {
    tell(copies, machine.append(file, text.getBytes(StandardCharsets.UTF_8), false));
  }

  private String read(String file) throws IOException {
    return Files.readString(folder().resolve(file));
  }

  @AfterEach
  void close() {
    opened.forEach(FileCopies::close);
  }

  @Test
  void hundred_empty_files_are_there_from_the_beginning() throws Exception {
    open().drain();
    try (var files = Files.list(folder())) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .hasSize(100)
          .contains("file_0", "file_42", "file_99");
    }
    assertThat(folder().resolve("file_7")).isEmptyFile();
  }

  @Test
  void appends_roll_backs_and_removals_are_seen_in_the_copy() throws Exception {
    FileCopies copies = open();
    writeOn(copies, "one", "hello");
    writeOn(copies, "one", " world");
    writeOn(copies, "file_3", "three");
    copies.drain();
    assertThat(read("one")).isEqualTo("hello world");
    tell(copies, machine.append("one", new byte[70_000], true));
    copies.drain();
    assertThat(folder().resolve("one")).hasSize(70_011);
    tell(copies, machine.delete("file_3"));
    tell(copies, machine.expire());
    copies.drain();
    assertThat(read("one")).isEqualTo("hello world");
    assertThat(read("file_3")).isEmpty();
    assertThat(problems).isEmpty();
  }

  @Test
  void removed_file_has_no_copy() throws Exception {
    FileCopies copies = open();
    writeOn(copies, "one", "hello");
    copies.drain();
    tell(copies, machine.delete("one"));
    copies.drain();
    assertThat(folder().resolve("one")).doesNotExist();
  }

  @Test
  void whatever_was_on_the_disk_is_made_equal_after_a_snapshot() throws Exception {
    FileCopies before = open();
    for (String name : List.of("torn", "longer", "other", "gone", "removed")) {
      writeOn(before, name, "the content");
    }
    before.drain();
    before.close();
    Files.writeString(folder().resolve("torn"), "the con");
    Files.writeString(folder().resolve("longer"), "the content, and more");
    Files.writeString(folder().resolve("other"), "THE CONTENT");
    Files.delete(folder().resolve("gone"));
    Files.writeString(folder().resolve("stranger"), "what is this?");
    machine.delete("removed");
    machine.goThroughASnapshot();
    FileCopies after = open();
    after.onRestored();
    after.drain();
    for (String name : List.of("torn", "longer", "other", "gone")) {
      assertThat(read(name)).isEqualTo("the content");
    }
    assertThat(folder().resolve("stranger")).doesNotExist();
    assertThat(folder().resolve("removed")).doesNotExist();
    assertThat(problems).isEmpty();
  }

  @Test
  void replay_of_the_log_makes_a_damaged_copy_good() throws Exception {
    FileCopies before = open();
    writeOn(before, "one", "hello");
    writeOn(before, "one", " world");
    before.drain();
    before.close();
    Files.writeString(folder().resolve("one"), "HELLO worlds apart");
    FileCopies after = open();
    List.copyOf(machine.history).forEach(applied -> tell(after, applied));
    after.drain();
    assertThat(read("one")).isEqualTo("hello world");
  }

  @Test
  void links_folders_and_pipes_are_not_followed_and_do_not_stop_the_others() throws Exception {
    Path outside = Files.writeString(data.resolve("outside"), "secret");
    Path second = Files.writeString(data.resolve("second"), "secret");
    Files.createDirectories(folder());
    Files.createSymbolicLink(folder().resolve("linked"), outside);
    Files.createSymbolicLink(folder().resolve("dangling"), data.resolve("nowhere"));
    Files.createLink(folder().resolve("hard"), second);
    Files.createDirectory(folder().resolve("sub"));
    Process mkfifo = new ProcessBuilder("mkfifo", folder().resolve("pipe").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    FileCopies copies = open();
    for (String name : List.of("linked", "dangling", "hard", "pipe", "sub", "fine")) {
      writeOn(copies, name, "written");
    }
    copies.drain();
    assertThat(read("fine")).isEqualTo("written");
    assertThat(Files.readString(outside)).isEqualTo("secret");
    assertThat(Files.readString(second)).isEqualTo("secret");
    assertThat(data.resolve("nowhere")).doesNotExist();
    assertThat(Files.isSymbolicLink(folder().resolve("linked"))).isTrue();
    assertThat(problems).isEmpty();
    // Out of the way, it is made at the next append.
    Files.delete(folder().resolve("linked"));
    writeOn(copies, "linked", " twice");
    copies.drain();
    assertThat(read("linked")).isEqualTo("written twice");
  }

  /** As a backup makes them that keeps hard links. */
  @Test
  void file_that_had_a_second_name_for_a_while_is_whole_after_the_next_append() throws Exception {
    FileCopies copies = open();
    writeOn(copies, "journal", "one ");
    tell(copies, machine.append("journal", "two ".getBytes(StandardCharsets.UTF_8), true));
    copies.drain();
    Path backup = data.resolve("backup");
    Files.createLink(backup, folder().resolve("journal"));
    tell(copies, machine.expire());
    machine.begin();
    writeOn(copies, "journal", "three ");
    copies.drain();
    assertThat(read("journal")).isEqualTo("one two ");
    Files.delete(backup);
    writeOn(copies, "journal", "four");
    copies.drain();
    assertThat(read("journal")).isEqualTo("one three four");
  }

  /** Writes copies in a process of its own. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws Exception {
      Machine machine = new Machine();
      try (FileCopies copies =
          new FileCopies(Path.of(args[0]), "n1", problem -> System.out.println(problem))) {
        copies.readFrom(machine);
        copies.open();
        for (String name : List.of("before", "\u00e9", "\u540d", "past")) {
          tell(copies, machine.append(name, name.getBytes(StandardCharsets.UTF_8), false));
          copies.drain();
        }
      }
    }
  }

  /** As a service of the system has it that is not told a locale. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void name_that_the_locale_does_not_have_does_not_stop_the_others() throws Exception {
    Path output = data.resolve("output");
    ProcessBuilder writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder().toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    writer.environment().put("LC_ALL", "C");
    assertThat(writer.start().waitFor()).isZero();
    assertThat(read("before")).isEqualTo("before");
    assertThat(read("past")).isEqualTo("past");
    assertThat(Files.readString(output)).contains("file_copy_refused", "LANG=C.UTF-8");
  }

  @Test
  void strangers_that_are_no_files_are_left_alone() throws Exception {
    Files.createDirectories(folder().resolve("sub"));
    Files.createSymbolicLink(folder().resolve("link"), data);
    FileCopies copies = open();
    copies.onRestored();
    copies.drain();
    assertThat(Files.isDirectory(folder().resolve("sub"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Files.isSymbolicLink(folder().resolve("link"))).isTrue();
    assertThat(problems).isEmpty();
  }

  @Test
  void folder_that_is_a_link_is_refused() throws Exception {
    Path elsewhere = Files.createDirectory(data.resolve("elsewhere"));
    Files.createSymbolicLink(folder(), elsewhere);
    assertThatThrownBy(this::open).hasMessageContaining("is not a folder");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void failing_disk_is_told_and_ends_the_copies() throws Exception {
    FileCopies copies = open();
    copies.drain();
    try (var entries = Files.list(folder())) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    Files.delete(folder());
    writeOn(copies, "one", "hello");
    copies.drain();
    assertThat(problems).hasSize(1);
  }

  @Test
  void any_interleaving_of_appends_and_stops_ends_in_equal_copies() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    FileCopies copies = open();
    for (int i = 0; i < 400; i++) {
      String name = "f" + random.nextInt(4);
      byte[] bytes = new byte[random.nextInt(10) == 0 ? 100_000 : random.nextInt(50)];
      random.nextBytes(bytes);
      Applied applied =
          random.nextInt(40) == 0
              ? machine.delete(name)
              : machine.append(name, bytes, random.nextBoolean());
      tell(copies, applied);
      if (random.nextInt(60) == 0) {
        copies.close();
        machine.goThroughASnapshot();
        copies = open();
        copies.onRestored();
      }
    }
    tell(copies, machine.expire());
    copies.drain();
    for (int i = 0; i < 4; i++) {
      String name = "f" + i;
      byte[] wanted =
          machine.read(core -> core.files().read(name, 0, Integer.MAX_VALUE).toByteArray());
      Path copy = folder().resolve(name);
      assertThat(Files.exists(copy) ? Files.readAllBytes(copy) : new byte[0])
          .as("seed " + seed)
          .isEqualTo(wanted);
    }
  }
}
