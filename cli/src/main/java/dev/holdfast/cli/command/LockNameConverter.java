package dev.holdfast.cli.command;

import dev.holdfast.protocol.LockName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a lock's name from the command line. */
public final class LockNameConverter implements ITypeConverter<LockName> {
  /** Has no state. */
  public LockNameConverter() {}

  @Override
  public LockName convert(String text) {
    String problem = LockName.problemWith(text);
    if (problem != null) {
      throw new TypeConversionException(
          problem + ": '" + dev.holdfast.cli.terminal.Text.printable(text) + "'");
    }
    return new LockName(text);
  }
}
