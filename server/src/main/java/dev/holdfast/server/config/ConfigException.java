package dev.holdfast.server.config;

/** The configuration cannot be used. The message names where, which key, and what to write. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  public ConfigException(String message) {
    super(message);
  }

  /**
   * A problem with one key.
   *
   * @param source where it was set: a file, a variable, the command line
   */
  static ConfigException at(String source, String key, String problem) {
    return new ConfigException(source + ": " + key + ": " + problem);
  }
}
