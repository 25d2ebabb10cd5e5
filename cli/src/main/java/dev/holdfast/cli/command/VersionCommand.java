package dev.holdfast.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Which program this is. */
@Command(
    name = "version",
    description = "Tells the version of this program.",
    footer = {"", "Example: holdfast version"})
final class VersionCommand implements Runnable {
  private final Invocation invocation;

  VersionCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    invocation.show(
        json -> json.startObject().field("version", version()).field("java", java()).endObject(),
        screen -> screen.line(sentence()));
  }

  private static String sentence() {
    return "holdfast " + version() + " (Java " + java() + ")";
  }

  private static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  private static String java() {
    return Runtime.version().toString();
  }

  /** The same for {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {sentence()};
    }
  }
}
