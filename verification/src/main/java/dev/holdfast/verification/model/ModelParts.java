package dev.holdfast.verification.model;

/** How the parts of a model are made; tests put a wrong one among them. */
class ModelParts {
  NeedRules needs() {
    return new NeedRules();
  }

  GrantRules rules(ModelState state, NeedRules needs) {
    return new GrantRules(state, needs);
  }

  WaitingGraph graph(ModelState state, GrantRules rules) {
    return new WaitingGraph(state, rules);
  }

  DeadlockRules deadlocks(LockModel model) {
    return new DeadlockRules(model);
  }

  GrantEnding ending(LockModel model) {
    return new GrantEnding(model);
  }

  SessionRequests requests(LockModel model) {
    return new SessionRequests(model);
  }

  ClientOperations clients(LockModel model) {
    return new ClientOperations(model);
  }

  FileRules files(LockModel model) {
    return new FileRules(model);
  }
}
