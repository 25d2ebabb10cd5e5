package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.TerminalWidth;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.QueueNews;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on a terminal that says where somebody who waits stands; elsewhere nothing. Safe for use
 * by many threads.
 */
public final class WaitLine {
  private final Screen screen;
  private @Nullable String lock;
  private @Nullable QueueNews last;
  private int shownLength;
  private boolean over;
  private final IntSupplier columnsOfTerminal;
  private int columns = Integer.MAX_VALUE;

  /**
   * Nothing is shown yet.
   *
   * @param screen shown on its stderr
   */
  public WaitLine(Screen screen) {
    this(screen, TerminalWidth::columns);
  }

  WaitLine(Screen screen, IntSupplier columnsOfTerminal) {
    this.screen = screen;
    this.columnsOfTerminal = columnsOfTerminal;
  }

  /**
   * It takes longer than a moment: from now on the line is shown.
   *
   * @param name what is waited for
   */
  public synchronized void began(String name) {
    lock = name;
    if (screen.errIsTerminal()) {
      columns = columnsOfTerminal.getAsInt();
    }
    if (last == null) {
      String shown = Text.printable(name);
      show("waiting for '" + shown + "' (who has it: holdfast who '" + shown + "')");
    } else {
      show(sentence(last));
    }
  }

  /**
   * Where the request stands has changed.
   *
   * @param news where it stands
   */
  public synchronized void news(QueueNews news) {
    last = news;
    if (lock != null) {
      show(sentence(news));
    }
  }

  /** Something else is about to be written: below the line, which goes on below that. */
  public synchronized void makeRoom() {
    if (shownLength > 0 && !over) {
      screen.err().println();
      screen.err().flush();
      shownLength = 0;
    }
  }

  /** The line is left as it is; what is written next stands below it. */
  public synchronized void over() {
    makeRoom();
    over = true;
  }

  private void show(String sentence) {
    if (over || !screen.errIsTerminal()) {
      return;
    }
    String line = cut("holdfast: " + sentence);
    // Blanks over what is left of a longer one.
    String gap = " ".repeat(Math.max(0, shownLength - line.length()));
    screen.out().flush();
    screen.err().print((shownLength == 0 ? "" : "\r") + line + gap);
    screen.err().flush();
    shownLength = line.length();
  }

  /** What does not fit into a line of the terminal could not be written over. */
  private String cut(String line) {
    int room = Math.max(20, columns - 1);
    return line.length() <= room ? line : line.substring(0, room - 3) + "...";
  }

  /** Such as: 2nd of 5 for 'x', held by host1 pid 7 since 3.1s, about 12.0s. */
  private static String sentence(QueueNews news) {
    StringBuilder text = new StringBuilder(ordinal(news.position()));
    text.append(" of ").append(news.queueLength());
    text.append(" for '").append(Text.printable(news.lock())).append("'");
    HolderInfo holder = news.holder();
    if (holder != null) {
      text.append(holder.token() == null ? ", behind " : ", held by ").append(name(holder));
      if (news.holders() > 1) {
        text.append(" and ").append(news.holders() - 1).append(" more");
      }
      if (news.heldMillis() >= 0) {
        text.append(" since ").append(Durations.format(news.heldMillis()));
      }
    }
    Duration wait = news.estimatedWait();
    if (wait != null) {
      text.append(", about ").append(Durations.format(wait.toMillis()));
    }
    return text.toString();
  }

  private static String name(HolderInfo holder) {
    return holder.label().isEmpty()
        ? "session " + holder.sessionId().value()
        : Text.printable(holder.label());
  }

  private static String ordinal(int number) {
    int lastTwo = number % 100;
    if (lastTwo >= 11 && lastTwo <= 13) {
      return number + "th";
    }
    return switch (number % 10) {
      case 1 -> number + "st";
      case 2 -> number + "nd";
      case 3 -> number + "rd";
      default -> number + "th";
    };
  }
}
