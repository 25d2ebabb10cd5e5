package dev.holdfast.cli.demo;

/** An expectation of a demonstration was not met: a bug of the product, or of the demonstration. */
final class DemoFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DemoFailedException(String expectation) {
    super(expectation);
  }
}
