package dev.holdfast.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.history.ClientLine;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.HistoryLine.Dropped;
import dev.holdfast.history.HistoryLine.End;
import dev.holdfast.history.HistoryLine.Header;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.check.LocatedLine;
import dev.holdfast.history.check.ToyRuns;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HistoryFileTest {
  private static final String HEADER =
      "{'line':'header','format':1,'recorder':'n1','clock':'c','startedAtNanos':0,'startedAtWallMillis':0}\n"
          .replace('\'', '"');

  @TempDir Path folder;

  @Test
  void what_is_written_is_read() throws IOException {
    List<HistoryLine> lines = new ArrayList<>();
    for (long seed = 1; seed <= 50; seed++) {
      lines.addAll(ToyRuns.of(seed, 300));
    }
    lines.add(
        new ClientLine.SessionChanged(
            7, ClientLine.SessionState.JEOPARDY, "\"so\" \n ä\uD83D\uDE00", 9));
    lines.add(new NodeLine.LeaderChanged("n1", 5, "", 3));
    Path file = folder.resolve("new/run.jsonl");
    write(file, lines);
    List<HistoryLine> read = read(file);
    assertThat(read.get(0)).isInstanceOf(Header.class);
    assertThat(read.subList(1, read.size() - 1)).isEqualTo(lines);
    assertThat(read.get(read.size() - 1)).isEqualTo(new End(lines.size() + 1L, 0));
  }

  @Test
  void recording_goes_on_behind_what_is_there_even_if_that_was_cut_off() throws IOException {
    Path file = folder.resolve("run.jsonl");
    write(file, List.of(new Dropped(1)));
    Files.writeString(file, "{\"line\":\"gran", StandardOpenOption.APPEND);
    write(file, List.of(new Dropped(2)));
    assertThat(read(file)).filteredOn(Dropped.class::isInstance).hasSize(2);
    assertThat(read(file)).filteredOn(Header.class::isInstance).hasSize(2);
  }

  @Test
  void what_does_not_fit_is_dropped_and_the_file_says_so_at_that_place() throws IOException {
    Path file = folder.resolve("run.jsonl");
    List<String> troubles = new CopyOnWriteArrayList<>();
    int many = 200_000;
    long dropped;
    try (HistoryWriter writer =
        HistoryWriter.open(file, Header.inMemory("n1"), 10, troubles::add)) {
      for (int i = 0; i < many; i++) {
        writer.write(new NodeLine.Began("n1", i, 0, 0));
      }
      dropped = writer.dropped();
    }
    List<HistoryLine> read = read(file);
    assertThat(dropped).isPositive();
    assertThat(troubles).singleElement().asString().contains("incomplete");
    assertThat(read.get(read.size() - 1)).isInstanceOf(End.class);
    long next = 0;
    long missing = 0;
    for (HistoryLine line : read) {
      if (line instanceof Dropped gap) {
        missing += gap.lines();
        next += gap.lines();
      } else if (line instanceof NodeLine.Began began) {
        assertThat(began.revision()).isEqualTo(next++);
      }
    }
    assertThat(missing).isEqualTo(dropped);
    assertThat(((End) read.get(read.size() - 1)).dropped()).isEqualTo(dropped);
  }

  @Test
  void many_threads_may_write() throws Exception {
    Path file = folder.resolve("run.jsonl");
    try (HistoryWriter writer = HistoryWriter.open(file, "n1", trouble -> {})) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      for (int i = 0; i < 4; i++) {
        int session = i;
        threads.execute(
            () -> {
              for (int j = 0; j < 5_000; j++) {
                writer.write(new ClientLine.SessionRenewed(session, j, j, j));
              }
            });
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(read(file)).hasSize(20_002);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'line':'sold'}                                                      | 'node' is missing
          {'line':'renewed','node':'n1','revision':1,'clockMillis':1,'atNanos':1} | there is no line 'renewed'
          {'line':'reached','node':'n1','revision':'x','clockMillis':1,'atNanos':1} | 'revision' must be a number
          {'line':'reached','node':'n1','revision':1,'clockMillis':1}          | 'atNanos' is missing
          {'line':'dropped','lines':1,'linse':2}                               | there is no field [linse]
          {'line':'dropped','lines':1,'lines':2}                               | 'lines' occurs twice
          {'line':'dropped','lines':null}                                      | nowhere expected
          {'line':'dropped','lines':1} {}                                      | more than one object
          []                                                                   | must be an object
          {'line':'header','format':3,'recorder':'x','clock':'c','startedAtNanos':0,'startedAtWallMillis':0} | reads formats up to 2
          """)
  void a_bad_line_is_named_with_file_and_line(String line, String problem) {
    String content = HEADER + line.replace('\'', '"') + "\n" + HEADER;
    assertThatThrownBy(() -> readText(content))
        .isInstanceOf(UnreadableHistoryException.class)
        .hasMessageStartingWith("run.jsonl:2: ")
        .hasMessageContaining(problem);
  }

  @Test
  void half_a_line_is_damage_unless_a_recording_ends_or_begins_anew_behind_it() throws IOException {
    String half = "{\"line\":\"drop\n";
    String whole = "{\"line\":\"dropped\",\"lines\":1}\n";
    assertThatThrownBy(() -> readText(HEADER + half + whole))
        .isInstanceOf(UnreadableHistoryException.class)
        .hasMessageContaining("run.jsonl:2: this is no JSON");
    assertThat(readText(HEADER + whole + half)).hasSize(2);
    assertThat(readText(HEADER + half + HEADER + whole)).hasSize(3);
  }

  @Test
  void a_file_that_is_no_history_is_refused() {
    assertThatThrownBy(() -> readText("")).hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> readText("hello\n"))
        .hasMessageContaining("run.jsonl:1: this is no JSON");
    assertThatThrownBy(() -> readText("{\"line\":\"dropped\",\"lines\":1}\n"))
        .hasMessageContaining("the first line must be a header");
  }

  private static void write(Path file, List<HistoryLine> lines) throws IOException {
    try (HistoryWriter writer = HistoryWriter.open(file, "n1", trouble -> {})) {
      lines.forEach(writer::write);
    }
  }

  private static List<HistoryLine> read(Path file) throws IOException {
    List<LocatedLine> lines = new ArrayList<>();
    HistoryReader.read(file, lines::add, bytes -> {});
    return lines.stream().map(LocatedLine::line).toList();
  }

  private static List<HistoryLine> readText(String text) throws IOException {
    List<HistoryLine> lines = new ArrayList<>();
    HistoryReader.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        "run.jsonl",
        line -> lines.add(line.line()),
        bytes -> {});
    return lines;
  }
}
