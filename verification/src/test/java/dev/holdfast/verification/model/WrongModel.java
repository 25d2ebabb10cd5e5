package dev.holdfast.verification.model;

import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Models with one mistake each, to show that the comparison would see it. */
enum WrongModel {
  /** Who came last is served first. */
  LAST_COME_FIRST_SERVED {
    @Override
    LockModel model() {
      return withRules(
          state ->
              new GrantRules(state) {
                @Override
                List<ModelRequest> servingOrder() {
                  return state.waiting.reversed();
                }

                @Override
                Optional<Blocker> conflictingEarlierRequest(
                    String lock, LockMode mode, ModelRequest request) {
                  return Optional.empty();
                }
              });
    }
  },

  /** A request that fits the grants overtakes those that wait. */
  QUEUE_OVERTAKEN {
    @Override
    LockModel model() {
      return withRules(
          state ->
              new GrantRules(state) {
                @Override
                Optional<Blocker> conflictingEarlierRequest(
                    String lock, LockMode mode, ModelRequest request) {
                  return Optional.empty();
                }
              });
    }
  },

  /** What an owner holds already is asked for again. */
  OWN_GRANTS_DO_NOT_COVER {
    @Override
    LockModel model() {
      return withRules(
          state ->
              new GrantRules(state) {
                @Override
                boolean isCovered(String lock, LockMode mode, ModelRequest request) {
                  return false;
                }
              });
    }
  },

  /** A demand leaves nothing on the locks above. */
  NO_INTENTIONS {
    @Override
    LockModel model() {
      return withRules(
          state ->
              new GrantRules(state) {
                @Override
                SortedMap<String, LockMode> effective(List<Demand> merged) {
                  return new TreeMap<>(
                      merged.stream().collect(Collectors.toMap(Demand::getLock, Demand::getMode)));
                }
              });
    }
  },

  /** Of two demands for one lock the later counts. */
  DEMANDS_NOT_MERGED {
    @Override
    LockModel model() {
      return withRules(
          state ->
              new GrantRules(state) {
                @Override
                List<Demand> merged(List<Demand> demands) {
                  Map<String, Demand> last = new TreeMap<>();
                  demands.forEach(demand -> last.put(demand.getLock(), demand));
                  return List.copyOf(last.values());
                }
              });
    }
  },

  /** A session expires although its renewal is in the same entry. */
  EXPIRY_BEFORE_RENEWAL {
    @Override
    LockModel model() {
      return new LockModel() {
        @Override
        void applyInOrder(LogEntry entry) {
          expireWhatIsDue();
          applyRenewals(entry);
          applyOtherCommands(entry);
        }
      };
    }
  },

  /** What is due is found after the commands. */
  EXPIRY_AFTER_COMMANDS {
    @Override
    LockModel model() {
      return new LockModel() {
        @Override
        void applyInOrder(LogEntry entry) {
          applyRenewals(entry);
          applyOtherCommands(entry);
          expireWhatIsDue();
        }
      };
    }
  },

  /** A deadline is one millisecond late. */
  DEADLINE_EXCLUSIVE {
    @Override
    LockModel model() {
      return new LockModel() {
        @Override
        boolean isDue(long atMillis) {
          return atMillis < state.clockMillis;
        }
      };
    }
  },

  /** The clock follows a stamp into the past. */
  CLOCK_GOES_BACK {
    @Override
    LockModel model() {
      return new LockModel() {
        @Override
        long clockAfter(LogEntry entry) {
          return entry.getClockMillis();
        }
      };
    }
  },

  /** A dead session's requests go on waiting, and are served. */
  DEAD_SESSION_STILL_WAITS {
    @Override
    LockModel model() {
      return new LockModel() {
        @Override
        void endSession(long sessionId) {
          List<ModelRequest> ghosts =
              state.waiting.stream().filter(r -> r.sessionId() == sessionId).toList();
          super.endSession(sessionId);
          state.waiting.addAll(ghosts);
          state.waiting.sort(Comparator.comparingLong(ModelRequest::ticket));
        }
      };
    }
  },

  /** A repeated release is carried out again instead of being answered from memory. */
  RELEASE_EXECUTED_TWICE {
    @Override
    LockModel model() {
      return withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                boolean isAnsweredFromMemory(Request request) {
                  return !request.hasRelease();
                }
              });
    }
  },

  /** A fixed lease is counted from the beginning of the wait. */
  LEASE_FROM_TICKET {
    @Override
    LockModel model() {
      return withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                long leaseEnd(ModelRequest request) {
                  return request.leaseMillis() == 0
                      ? 0
                      : ModelState.after(request.queuedAtMillis(), request.leaseMillis());
                }
              });
    }
  },

  /** Whoever knows a token can release it. */
  RELEASE_BY_ANY_SESSION {
    @Override
    LockModel model() {
      return withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                Optional<ModelGrant> ownGrant(ModelSession session, long token) {
                  return Optional.ofNullable(model.state.grant(token));
                }
              });
    }
  };

  abstract LockModel model();

  private static LockModel withRules(Function<ModelState, GrantRules> rules) {
    return new LockModel(rules, SessionRequests::new);
  }

  private static LockModel withRequests(LockModel.Requests requests) {
    return new LockModel(GrantRules::new, requests);
  }
}
