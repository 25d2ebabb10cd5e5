package dev.holdfast.fencing;

final class InMemoryFencingGateTest extends FencingGateContract {
  private final InMemoryFencingGate gate = new InMemoryFencingGate();

  @Override
  FencingGate gate() {
    return gate;
  }
}
