package dev.holdfast.cli.command;

import dev.holdfast.protocol.LockName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The lock that a command is about. */
public final class NameArgument {
  @Parameters(index = "0", paramLabel = "NAME", description = "The lock's name, such as orders/42.")
  private @Nullable LockName name;

  /** Nothing, until a command line is parsed. */
  public NameArgument() {}

  /** The name. */
  public String value() {
    return Objects.requireNonNull(name, "NAME is required").value();
  }
}
