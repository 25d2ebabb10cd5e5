package dev.holdfast.cli.terminal;

/** How data is written to stdout. */
public enum OutputFormat {
  /** Aligned columns for people. */
  TABLE,
  /** One JSON object or array for programs. */
  JSON
}
