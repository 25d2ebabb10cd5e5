package dev.holdfast.cli.demo;

/** An expectation of a demonstration was not met: a bug of the product, or of the demonstration. */
public final class DemoFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An expectation that was not met.
   *
   * @param expectation the sentence that should be true
   */
  public DemoFailedException(String expectation) {
    super(expectation);
  }
}
