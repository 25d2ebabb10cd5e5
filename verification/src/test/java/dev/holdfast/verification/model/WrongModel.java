package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Models with one mistake each, to show that the comparison would see it. */
enum WrongModel {
  /** Who came last is served first. */
  LAST_COME_FIRST_SERVED(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                List<ModelRequest> servingOrder() {
                  return state.waiting.reversed();
                }

                @Override
                List<ModelRequest> requestsInTheWay(
                    String lock, ModelNeed need, ModelRequest request) {
                  return List.of();
                }
              })),

  /** A request that fits the grants overtakes those that wait. */
  QUEUE_OVERTAKEN(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                List<ModelRequest> requestsInTheWay(
                    String lock, ModelNeed need, ModelRequest request) {
                  return List.of();
                }
              })),

  /** What an owner holds already is asked for again. */
  OWN_GRANTS_DO_NOT_COVER(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                boolean isCovered(String lock, ModelNeed need, ModelRequest request) {
                  return false;
                }
              })),

  /** A conversion waits behind requests that came earlier. */
  CONVERSION_BEHIND_THE_QUEUE(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                boolean mayHoldBack(ModelRequest earlier, ModelRequest request) {
                  return !state.hasPassed(request, earlier);
                }
              })),

  /** Who wants more permits finds his own in the way. */
  PERMITS_OF_THE_CONVERTER_COUNTED(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                long permitsTaken(String lock, ModelRequest request) {
                  return super.permitsTaken(lock, request.converting(0));
                }
              })),

  /** A reservation is for writers only. */
  RESERVATION_IGNORED_BY_READERS(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                List<ModelReservation> reservationsInTheWay(
                    String lock, ModelNeed need, ModelRequest request) {
                  return need.mode() == LockMode.LOCK_MODE_S
                      ? List.of()
                      : super.reservationsInTheWay(lock, need, request);
                }
              })),

  /** Who brings another limit gets permits by it. */
  LIMITS_NOT_COMPARED(
      withRules(
          (state, needs) ->
              new GrantRules(state, needs) {
                @Override
                Optional<Refused> kindProblem(String lock, ModelNeed need) {
                  return super.kindProblem(lock, need)
                      .filter(refused -> refused.getReason() == RefusalReason.KIND_MISMATCH);
                }
              })),

  /** A demand leaves nothing on the locks above. */
  NO_INTENTIONS(
      withNeeds(
          new NeedRules() {
            @Override
            SortedMap<String, ModelNeed> effective(List<Demand> merged) {
              SortedMap<String, ModelNeed> needs = new TreeMap<>();
              merged.forEach(demand -> needs.put(demand.getLock(), ModelNeed.of(demand)));
              return needs;
            }
          })),

  /** Of two demands for one lock the later counts. */
  DEMANDS_NOT_MERGED(
      withNeeds(
          new NeedRules() {
            @Override
            List<Demand> merged(List<Demand> demands) {
              Map<String, Demand> last = new TreeMap<>();
              demands.forEach(demand -> last.put(demand.getLock(), demand));
              return List.copyOf(last.values());
            }
          })),

  /** Permits say IS to the locks above. */
  PERMITS_ADD_IS(
      withNeeds(
          new NeedRules() {
            @Override
            ModelNeed intention(ModelNeed need) {
              return need.isPermits()
                  ? ModelNeed.ofMode(LockMode.LOCK_MODE_IS)
                  : super.intention(need);
            }
          })),

  /** The lock of the file need not be held exclusively. */
  FILES_WRITTEN_BY_READERS(
      withFiles(
          model ->
              new FileRules(model) {
                @Override
                boolean guards(ModelGrant grant, String name) {
                  return grant.named("files/" + name) != null || super.guards(grant, name);
                }
              })),

  /** Only the last append of an orphan is cut off. */
  ONLY_THE_LAST_APPEND_ROLLED_BACK(
      withFiles(
          model ->
              new FileRules(model) {
                @Override
                int openFrom(ModelFile file, long token) {
                  return file.data().size();
                }
              })),

  /** What a grant has appended is settled when it is extended or converted. */
  SETTLED_BY_A_NEW_TOKEN(
      withFiles(
          model ->
              new FileRules(model) {
                @Override
                void changed(long tokenBefore, ModelGrant grant) {
                  if (tokenBefore == grant.token()) {
                    super.changed(tokenBefore, grant);
                  }
                }
              })),

  /** Any permit that a stuck owner holds is one too few. */
  EVERY_STUCK_PERMIT_HOLDS_UP(
      new ModelParts() {
        @Override
        WaitingGraph graph(ModelState state, GrantRules rules) {
          return new WaitingGraph(state, rules) {
            @Override
            boolean arePermitsStuck(
                ModelRequest request, String lock, ModelNeed wanted, Set<ModelOwner> stuck) {
              return true;
            }
          };
        }
      }),

  /** The oldest request of a cycle is refused. */
  OLDEST_IS_THE_VICTIM(
      withDeadlocks(
          model ->
              new DeadlockRules(model) {
                @Override
                ModelRequest victimOf(List<ModelRequest> cycle) {
                  return cycle.stream()
                      .min(
                          Comparator.comparingInt(ModelRequest::priority)
                              .thenComparingLong(ModelRequest::ticket))
                      .orElseThrow();
                }
              })),

  /** The closer is refused whatever the priorities. */
  PRIORITY_IGNORED(
      withDeadlocks(
          model ->
              new DeadlockRules(model) {
                @Override
                ModelRequest victimOf(List<ModelRequest> cycle) {
                  return cycle.getFirst();
                }
              })),

  /** A cycle with a queued edge is left as it is. */
  NOBODY_PASSES(
      withDeadlocks(
          model ->
              new DeadlockRules(model) {
                @Override
                void lookForStalls(ModelOwner closer) {}
              })),

  /** What a grant that ended had covered is not looked at. */
  NO_LOOK_AFTER_AN_END(
      withEnding(
          model ->
              new GrantEnding(model) {
                @Override
                void maybeLookFrom(ModelOwner owner) {}
              })),

  /** Whoever releases is punished with the lock delay, too. */
  DELAY_AFTER_CLEAN_RELEASE(
      withEnding(
          model ->
              new GrantEnding(model) {
                @Override
                boolean isDelayed(ModelGrant grant, ModelEvent.GrantEnd end) {
                  return !grant.gated();
                }
              })),

  /** Locks behind a gate are delayed like any other. */
  DELAY_ALTHOUGH_GATED(
      withEnding(
          model ->
              new GrantEnding(model) {
                @Override
                boolean isDelayed(ModelGrant grant, ModelEvent.GrantEnd end) {
                  return end.isUnclean();
                }
              })),

  /** Nobody learns that a writer died in the midst of it. */
  VALUE_VALID_AFTER_EXPIRY(
      withEnding(
          model ->
              new GrantEnding(model) {
                @Override
                void maybeInvalidateValue(ModelGrant grant, Demand demand) {}
              })),

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
        void endSession(long sessionId, ModelEvent.SessionEnd end) {
          List<ModelRequest> ghosts =
              state.waitingOf(sessionId).stream().filter(r -> !r.isConversion()).toList();
          super.endSession(sessionId, end);
          state.waiting.addAll(ghosts);
          state.waiting.sort(Comparator.comparingLong(ModelRequest::ticket));
        }
      };
    }
  },

  /** A repeated release is carried out again instead of being answered from memory. */
  RELEASE_EXECUTED_TWICE(
      withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                boolean isAnsweredFromMemory(Request request) {
                  return !request.hasRelease();
                }
              })),

  /** A fixed lease is counted from the beginning of the wait. */
  LEASE_FROM_TICKET(
      withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                long leaseEnd(ModelRequest request) {
                  long leaseMillis = request.terms().leaseMillis();
                  return leaseMillis == 0
                      ? 0
                      : ModelState.after(request.queuedAtMillis(), leaseMillis);
                }
              })),

  /** Whoever knows a token can release it. */
  RELEASE_BY_ANY_SESSION(
      withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                boolean mayUse(ModelSession session, ModelGrant grant) {
                  return true;
                }
              })),

  /** The old handle goes on being good when it has more than before. */
  UPWARD_CONVERSION_KEEPS_TOKEN(
      withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                long tokenOfConverted(ModelGrant old) {
                  return old.token();
                }
              })),

  /** What is handed over goes to whoever waits first. */
  HAND_OVER_TO_THE_QUEUES_HEAD(
      withRequests(
          model ->
              new SessionRequests(model) {
                @Override
                ModelOwner receiver(ModelGrant given, ModelOwner named) {
                  return model.state.waiting.stream()
                      .filter(request -> request.needs().keySet().equals(given.needs().keySet()))
                      .map(ModelRequest::owner)
                      .findFirst()
                      .orElse(named);
                }
              })),

  /** An operation that comes twice is done twice. */
  OPERATION_NOT_REMEMBERED(
      withClients(
          model ->
              new ClientOperations(model) {
                @Override
                Optional<ModelSession.Taken> known(ModelSession session, ByteString operationId) {
                  return Optional.empty();
                }
              })),

  /** An operation id is known in every session of its client, and of others. */
  OPERATIONS_OUTLIVE_THE_SESSION(
      withClients(
          model ->
              new ClientOperations(model) {
                private final Map<ByteString, ModelSession.Taken> ever = new HashMap<>();

                @Override
                Optional<ModelSession.Taken> known(ModelSession session, ByteString operationId) {
                  Optional<ModelSession.Taken> known = super.known(session, operationId);
                  known.ifPresent(taken -> ever.put(operationId, taken));
                  return Optional.ofNullable(ever.get(operationId));
                }
              })),

  /** A copy that comes after the end of its session opens another. */
  LATE_OPERATION_OPENS_A_SESSION(
      withClients(
          model ->
              new ClientOperations(model) {
                @Override
                boolean askedBeforeTheEnd(ClientOperation command) {
                  return false;
                }
              }));

  // Parts have no state of their own, which no annotation says.
  @SuppressWarnings("ImmutableEnumChecker")
  private final ModelParts parts;

  WrongModel() {
    this(new ModelParts());
  }

  WrongModel(ModelParts parts) {
    this.parts = parts;
  }

  LockModel model() {
    return new LockModel(parts);
  }

  private static ModelParts withNeeds(NeedRules needs) {
    return new ModelParts() {
      @Override
      NeedRules needs() {
        return needs;
      }
    };
  }

  private static ModelParts withFiles(Function<LockModel, FileRules> files) {
    return new ModelParts() {
      @Override
      FileRules files(LockModel model) {
        return files.apply(model);
      }
    };
  }

  private static ModelParts withRules(BiFunction<ModelState, NeedRules, GrantRules> rules) {
    return new ModelParts() {
      @Override
      GrantRules rules(ModelState state, NeedRules needs) {
        return rules.apply(state, needs);
      }
    };
  }

  private static ModelParts withDeadlocks(Function<LockModel, DeadlockRules> deadlocks) {
    return new ModelParts() {
      @Override
      DeadlockRules deadlocks(LockModel model) {
        return deadlocks.apply(model);
      }
    };
  }

  private static ModelParts withEnding(Function<LockModel, GrantEnding> ending) {
    return new ModelParts() {
      @Override
      GrantEnding ending(LockModel model) {
        return ending.apply(model);
      }
    };
  }

  private static ModelParts withClients(Function<LockModel, ClientOperations> clients) {
    return new ModelParts() {
      @Override
      ClientOperations clients(LockModel model) {
        return clients.apply(model);
      }
    };
  }

  private static ModelParts withRequests(Function<LockModel, SessionRequests> requests) {
    return new ModelParts() {
      @Override
      SessionRequests requests(LockModel model) {
        return requests.apply(model);
      }
    };
  }
}
