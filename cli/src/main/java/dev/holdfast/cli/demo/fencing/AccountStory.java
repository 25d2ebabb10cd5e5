package dev.holdfast.cli.demo.fencing;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.fencing.http.RequestGate;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The account is kept by a service: whoever changes it reads the balance and puts a new one. The
 * gate is before the service, or between the service and the account.
 */
final class AccountStory {
  /** The first word for the process that is paused. */
  static final String PART = "account";

  private static final String LOCK = "demo/fencing/account";

  private final Stage stage;
  private final Story story;
  private final Gate gate;
  private final boolean gated;
  private final @Nullable Path driver;

  AccountStory(Stage stage, Gate gate, boolean gated, @Nullable Path driver) {
    this.stage = stage;
    this.story = stage.story();
    this.gate = gate;
    this.gated = gated;
    this.driver = driver;
  }

  private Account openAccount() throws IOException {
    return switch (gate) {
      case HTTP -> SimpleAccount.inMemory(false); // the gate is before the service
      case MEMORY -> SimpleAccount.inMemory(gated);
      case FILE -> SimpleAccount.inFile(stage.folder(), gated);
      case JDBC -> DatabaseAccount.open(driver, gated);
      case CLUSTER -> throw new IllegalStateException("the cluster has no service before it");
    };
  }

  ExitCode play() throws InterruptedException, IOException {
    AccountService service =
        stage.keep(new AccountService(openAccount(), gated && gate == Gate.HTTP));
    AccountService.Client direct = new AccountService.Client(service.address());
    story.step(
        "An account of "
            + FencingDemo.BEGIN
            + " is kept "
            + gate.place()
            + ", "
            + (gated ? gate.guard() : "which looks at no token"));
    story.expect(
        direct.balance() == FencingDemo.BEGIN, "the service answers at " + service.address());

    story.step("withdrawer, a process, acquires the lock, reads the balance, and is paused");
    Actor withdrawer = stage.actor("withdrawer", FencingDemo.LEASE, PART, service.address());
    long oldToken = Long.parseLong(withdrawer.answer("holding"));
    withdrawer.answer("read");
    withdrawer.pause();
    story.say("it holds the lock with token " + oldToken + " and has read " + FencingDemo.BEGIN);
    story.say("pid " + withdrawer.pid() + " is stopped (SIGSTOP), right before it writes");

    long newToken = deposit(direct, oldToken);

    story.step("withdrawer goes on (SIGCONT), and writes what it had computed");
    withdrawer.resume();
    withdrawer.order("write");
    int late = Integer.parseInt(withdrawer.answer("status"));
    return gated ? saved(late, direct.balance(), newToken) : spoiled(late, direct.balance());
  }

  private long deposit(AccountService.Client direct, long oldToken)
      throws InterruptedException, IOException {
    story.step("depositor waits for the lock, and deposits " + FencingDemo.DEPOSIT);
    Holdfast depositor = stage.client("depositor", Stage.TTL);
    LockGrant grant = Stage.acquire(depositor, LOCK);
    long token = grant.token().value();
    story.expect(token > oldToken, "granted when the lease was over, with token " + token);
    int status = direct.put(direct.balance() + FencingDemo.DEPOSIT, token);
    long balance = direct.balance();
    story.expect(
        status == AccountService.WRITTEN && balance == FencingDemo.BEGIN + FencingDemo.DEPOSIT,
        "written: the balance is " + balance);
    grant.release();
    return token;
  }

  private ExitCode saved(int status, long balance, long highest) {
    story.expect(
        status == RequestGate.STALE,
        "refused with status " + status + ": the gate has seen token " + highest);
    story.expect(
        balance == FencingDemo.BEGIN + FencingDemo.DEPOSIT,
        "the balance is still " + balance + ": nothing is lost");
    return ExitCode.OK;
  }

  private ExitCode spoiled(int status, long balance) {
    story.expect(
        status == AccountService.WRITTEN && balance == FencingDemo.BEGIN - FencingDemo.WITHDRAWAL,
        "written, with status " + status + ": the balance is " + balance);
    long right = FencingDemo.BEGIN + FencingDemo.DEPOSIT - FencingDemo.WITHDRAWAL;
    story.expect(
        balance != right,
        "it should be "
            + right
            + ": the deposit of "
            + FencingDemo.DEPOSIT
            + " is LOST, the account is spoiled");
    return ExitCode.SPOILED;
  }

  /** What happens in the process that is paused. */
  static void act(Part part) throws InterruptedException, IOException {
    AccountService.Client service = new AccountService.Client(part.words().get(1));
    try (Holdfast holdfast = part.connect()) {
      LockGrant grant = Stage.acquire(holdfast, LOCK);
      long token = grant.token().value();
      part.tell("holding " + token);
      long balance = service.balance();
      part.tell("read " + balance);
      if (part.order() != null) {
        part.tell("status " + service.put(balance - FencingDemo.WITHDRAWAL, token));
      }
    }
  }
}
