package dev.holdfast.fencing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A process of its own that writes through a gate, for {@link FileFencingGateProcessTest}. Prints a
 * line for each token that was admitted, after its write.
 */
final class GateWriter {
  /** What is printed for a token that was refused: the other process was faster. */
  static final String STALE = "stale";

  private GateWriter() {}

  /** Starts a writer; ends by itself after its writes, or when it is killed. */
  static Process start(Path gate, Path guarded, int writes, long seed) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp"));
    command.add(
        folderOf(FileFencingGate.class) + java.io.File.pathSeparator + folderOf(GateWriter.class));
    command.add(GateWriter.class.getName());
    command.addAll(List.of(gate.toString(), guarded.toString()));
    command.addAll(List.of(Integer.toString(writes), Long.toString(seed)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Path folderOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /** Arguments: gate file, guarded file, number of writes, seed. */
  public static void main(String[] args) throws Exception {
    Path guarded = Path.of(args[1]);
    Random random = new Random(Long.parseLong(args[3]));
    try (FileFencingGate gate = FileFencingGate.open(Path.of(args[0]))) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        long token = Math.max(1, gate.highestToken("guarded").orElse(1) + random.nextInt(4) - 1);
        try {
          gate.<Boolean, IOException>write("guarded", token, () -> append(guarded, token));
          System.out.println(token);
        } catch (StaleTokenException e) {
          System.out.println(STALE);
        }
      }
    }
  }

  /** Appends in the way that loses lines if two processes do it at once. */
  private static boolean append(Path guarded, long token) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(guarded));
    lines.add(Long.toString(token));
    Files.write(guarded, lines, StandardOpenOption.TRUNCATE_EXISTING);
    return true;
  }
}
