package dev.holdfast.cli.demo.fencing;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockLostException;
import dev.holdfast.client.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The account is a file with a line for each change. A line is written in two pieces, and whoever
 * is paused between them leaves half of one.
 */
final class JournalStory {
  /** The first word for the process that is paused. */
  static final String PART = "journal";

  private static final String LOCK = "files/" + Journal.NAME;

  /** Longer than any pause: what is refused here is the token, not a client without a session. */
  private static final Duration SESSION = Duration.ofMinutes(1);

  private static final String OPENED = "opened, " + left(FencingDemo.BEGIN);
  private static final String DEPOSITED = "deposit " + FencingDemo.DEPOSIT + ", ";
  private static final String WITHDRAWN = "withdraw " + FencingDemo.WITHDRAWAL + ", ";
  private static final long AFTER_DEPOSIT = FencingDemo.BEGIN + FencingDemo.DEPOSIT;
  private static final long AFTER_WITHDRAWAL = FencingDemo.BEGIN - FencingDemo.WITHDRAWAL;

  private final Stage stage;
  private final Story story;
  private final boolean gated;
  private final Path plainFile;
  private final Holdfast depositor;
  private final Journal journal;

  JournalStory(Stage stage, boolean gated) {
    this.stage = stage;
    this.story = stage.story();
    this.gated = gated;
    this.plainFile = stage.folder().resolve("account.txt");
    this.depositor = stage.client("depositor", Stage.TTL);
    this.journal = journal(gated, depositor, plainFile);
  }

  private static Journal journal(boolean gated, Holdfast client, Path plainFile) {
    return gated ? new Journal.OfCluster(client) : new Journal.OfMachine(plainFile);
  }

  private static String left(long balance) {
    return balance + " left\n";
  }

  ExitCode play() throws InterruptedException, IOException {
    open();

    story.step("withdrawer, a process, acquires the lock, begins its line, and is paused");
    Actor withdrawer =
        stage.actor("withdrawer", SESSION, PART, Boolean.toString(gated), plainFile.toString());
    long oldToken = Long.parseLong(withdrawer.answer("holding"));
    withdrawer.answer("begun");
    withdrawer.pause();
    story.expect(
        journal.text().equals(OPENED + WITHDRAWN),
        "it holds the lock with token "
            + oldToken
            + ", and has written '"
            + WITHDRAWN.strip()
            + "'");
    story.say("pid " + withdrawer.pid() + " is stopped (SIGSTOP), right before the rest");

    String after = deposit(oldToken);

    story.step("withdrawer goes on (SIGCONT), and writes the rest of its line");
    withdrawer.resume();
    withdrawer.order("finish");
    String answer = withdrawer.answer();
    return gated ? saved(answer, after) : spoiled(answer, after);
  }

  private void open() throws InterruptedException, IOException {
    story.step(
        gated
            ? "An account is kept " + Gate.CLUSTER.place() + ", " + Gate.CLUSTER.guard()
            : "An account is kept in a file of this machine, which looks at no token");
    try (LockGrant grant = Stage.acquire(depositor, LOCK)) {
      if (gated) {
        depositor.files().delete(grant, Journal.NAME);
      }
      journal.append(grant.token(), OPENED);
    }
    story.say(
        "it has a line for each change, written in two pieces: what is to be done, and after");
    story.say("some work, what is left then");
    story.expect(journal.text().equals(OPENED), "the first line:");
    showFile(OPENED);
  }

  /** Returns what is in the file afterwards. */
  private String deposit(long oldToken) throws InterruptedException, IOException {
    story.step("depositor waits for the lock, and writes a line");
    LockGrant grant = Stage.acquire(depositor, LOCK);
    long token = grant.token().value();
    story.expect(token > oldToken, "granted when the lease was over, with token " + token);
    String found = journal.text();
    story.expect(
        found.equals(gated ? OPENED : OPENED + WITHDRAWN),
        gated
            ? "what withdrawer had begun was rolled back before"
            : "what withdrawer had begun is still there");
    journal.append(grant.token(), DEPOSITED);
    journal.append(grant.token(), left(AFTER_DEPOSIT));
    grant.release();
    String after = journal.text();
    story.expect(after.equals(found + DEPOSITED + left(AFTER_DEPOSIT)), "written:");
    showFile(after);
    return after;
  }

  private ExitCode saved(String answer, String before) throws IOException {
    story.expect(answer.startsWith("refused "), "refused by the cluster, which looks at the token");
    String text = journal.text();
    story.expect(text.equals(before), "the file is as it was, whole lines only: nothing is lost");
    return ExitCode.OK;
  }

  private ExitCode spoiled(String answer, String before) throws IOException {
    String text = journal.text();
    story.expect(
        answer.equals("written") && text.equals(before + left(AFTER_WITHDRAWAL)), "written:");
    showFile(text);
    story.expect(
        !text.contains("\n" + DEPOSITED) && text.endsWith(left(AFTER_WITHDRAWAL)),
        "two lines are mixed up, and the deposit of "
            + FencingDemo.DEPOSIT
            + " is LOST: the account is spoiled");
    return ExitCode.SPOILED;
  }

  private void showFile(String text) {
    text.lines().forEach(line -> story.say("  | " + line));
  }

  /** What happens in the process that is paused. */
  static void act(Part part) throws InterruptedException, IOException {
    boolean gated = Boolean.parseBoolean(part.words().get(1));
    try (Holdfast holdfast = part.connect()) {
      Journal journal = journal(gated, holdfast, Path.of(part.words().get(2)));
      LockGrant grant =
          Stage.await(
              holdfast.async().acquire(AcquireRequest.of(LOCK, Mode.X).lease(FencingDemo.LEASE)),
              "'" + LOCK + "' is granted");
      part.tell("holding " + grant.token().value());
      journal.append(grant.token(), WITHDRAWN);
      part.tell("begun");
      if (part.order() != null) {
        part.tell(finish(journal, grant));
      }
    }
  }

  private static String finish(Journal journal, LockGrant grant) throws IOException {
    try {
      journal.append(grant.token(), left(AFTER_WITHDRAWAL));
      return "written";
    } catch (LockLostException e) {
      return "refused " + e.getMessage();
    }
  }
}
