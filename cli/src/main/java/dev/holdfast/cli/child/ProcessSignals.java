package dev.holdfast.cli.child;

import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jline.utils.Signals;

/** The real signals of this process. */
public final class ProcessSignals implements SignalSource {
  private static final List<PosixSignal> RECEIVED =
      List.of(PosixSignal.HUP, PosixSignal.INT, PosixSignal.TERM);

  /** Nothing is subscribed yet. */
  public ProcessSignals() {}

  @Override
  public void subscribe(Consumer<PosixSignal> receiver) {
    for (PosixSignal signal : RECEIVED) {
      Signals.register(signal.name(), () -> receiver.accept(signal));
    }
  }

  /** True if this process is in the foreground of a terminal, as far as {@code /proc} can tell. */
  @Override
  public boolean keyboardReachesChild() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String processGroup = afterName[2];
      String foregroundGroup = afterName[5];
      return processGroup.equals(foregroundGroup);
    } catch (IOException noProc) {
      return Screen.isTerminal();
    }
  }
}
