package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Holding;
import dev.holdfast.history.ClientLine.LockRead;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.ClientLine.SessionRenewed;
import dev.holdfast.history.Demand;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.LockGranted;
import dev.holdfast.history.NodeLine.LockReleased;
import dev.holdfast.history.NodeLine.RequestQueued;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A way of making a right history wrong, in one place, on all nodes alike unless it says so. */
enum Corruption {
  /** One node lacks a step. */
  STEP_LOST_ON_ONE_NODE {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      NodeLine.Applied line =
          pick(
              lines,
              random,
              each ->
                  each instanceof NodeLine.Applied applied
                      && isStep(applied)
                      && applied.node().equals("n2"));
      return line == null ? null : without(lines, each -> isSameStep(each, line, "n2"));
    }
  },
  /** A release is in no node's recording. */
  RELEASE_LOST {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      NodeLine.Applied line = pick(lines, random, LockReleased.class::isInstance);
      return line == null ? null : without(lines, each -> isSameStep(each, line, ""));
    }
  },
  /** A grant is in no node's recording. */
  GRANT_LOST {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      NodeLine.Applied line = pick(lines, random, LockGranted.class::isInstance);
      return line == null ? null : without(lines, each -> isSameStep(each, line, ""));
    }
  },
  /** Two clients were told each other's tokens. */
  TOKENS_SWAPPED_IN_ANSWERS {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      Operation one = pick(lines, random, Corruption::isGranted);
      Operation other = pick(lines, random, each -> isGranted(each) && !each.equals(one));
      if (one == null || other == null) {
        return null;
      }
      return changed(
          lines,
          each ->
              each.equals(one)
                  ? told(one, other.answer())
                  : each.equals(other) ? told(other, one.answer()) : each);
    }
  },
  /** Two grants on the nodes went to each other's requests. */
  GRANTS_SWAPPED {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      LockGranted one = pick(lines, random, LockGranted.class::isInstance);
      LockGranted other =
          pick(
              lines,
              random,
              each ->
                  each instanceof LockGranted granted
                      && one != null
                      && granted.revision() != one.revision());
      if (one == null || other == null) {
        return null;
      }
      return changed(
          lines,
          each -> {
            if (each instanceof LockGranted granted && granted.revision() == one.revision()) {
              return as(granted, other);
            }
            return each instanceof LockGranted granted && granted.revision() == other.revision()
                ? as(granted, one)
                : each;
          });
    }
  },
  /** Two requests have each other's place in the queue. */
  PLACES_SWAPPED {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      RequestQueued one = pick(lines, random, RequestQueued.class::isInstance);
      RequestQueued other =
          pick(
              lines,
              random,
              each ->
                  each instanceof RequestQueued queued
                      && one != null
                      && queued.revision() != one.revision());
      if (one == null || other == null) {
        return null;
      }
      return changed(
          lines,
          each -> {
            if (each instanceof RequestQueued queued && queued.revision() == one.revision()) {
              return as(queued, other);
            }
            return each instanceof RequestQueued queued && queued.revision() == other.revision()
                ? as(queued, one)
                : each;
          });
    }
  },
  /** A request got another mode than it asked for. */
  MODE_CHANGED {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      LockGranted one =
          pick(
              lines,
              random,
              each ->
                  each instanceof LockGranted granted
                      && granted.how() == NodeLine.GrantKind.ACQUIRED);
      if (one == null) {
        return null;
      }
      Demand demand = one.demands().get(0);
      LockMode mode = demand.mode() == LockMode.S ? LockMode.X : LockMode.S;
      return changed(
          lines,
          each ->
              each instanceof LockGranted granted && granted.revision() == one.revision()
                  ? with(granted, new Demand(demand.lock(), mode))
                  : each);
    }
  },
  /** Another session releases it. */
  RELEASED_BY_ANOTHER {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      LockReleased one =
          pick(lines, random, each -> each instanceof LockReleased line && line.by() != 0);
      return one == null
          ? null
          : changed(
              lines,
              each ->
                  each instanceof LockReleased line && isSameStep(line, one, "")
                      ? new LockReleased(
                          line.node(),
                          line.revision(),
                          line.clockMillis(),
                          line.atNanos(),
                          line.token(),
                          line.session(),
                          0,
                          line.by() + 1,
                          line.end())
                      : each);
    }
  },
  /** A client goes on holding, for a second. */
  HELD_ON {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      Holding one =
          pick(
              lines,
              random,
              each ->
                  each instanceof Holding holding
                      && holding.end() != dev.holdfast.history.ClientLine.HoldingEnd.STILL_HELD);
      return one == null
          ? null
          : changed(
              lines,
              each ->
                  each.equals(one)
                      ? new Holding(
                          one.session(),
                          one.owner(),
                          one.token(),
                          one.demands(),
                          one.fromNanos(),
                          one.untilNanos() + 1_000_000_000,
                          one.end())
                      : each);
    }
  },
  /** An answer arrived before anything could be applied. */
  ANSWERED_TOO_SOON {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      Operation one =
          pick(
              lines,
              random,
              each ->
                  each instanceof Operation line
                      && (line.answer() instanceof Answer.Granted
                          || line.answer() instanceof Answer.Released));
      return one == null
          ? null
          : changed(
              lines,
              each -> each.equals(one) ? at(one, one.invokedNanos(), one.invokedNanos()) : each);
    }
  },
  /** A request is said to have been made after it was answered. */
  ASKED_TOO_LATE {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      Operation one =
          pick(
              lines,
              random,
              each -> each instanceof Operation line && line.answer().revision() != 0);
      return one == null
          ? null
          : changed(
              lines,
              each ->
                  each.equals(one)
                      ? at(one, one.answeredNanos() + 1, one.answeredNanos() + 2)
                      : each);
    }
  },
  /** A read shows an older revision, by ten. */
  READ_OLDER {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      LockRead one =
          pick(lines, random, each -> each instanceof LockRead read && read.revision() > 10);
      return one == null
          ? null
          : changed(
              lines,
              each -> each.equals(one) ? read(one, one.revision() - 10, one.holders()) : each);
    }
  },
  /** A read shows nobody, though somebody holds. */
  READ_MISSES_HOLDERS {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      LockRead one =
          pick(lines, random, each -> each instanceof LockRead read && !read.holders().isEmpty());
      return one == null
          ? null
          : changed(lines, each -> each.equals(one) ? read(one, one.revision(), List.of()) : each);
    }
  },
  /** A renewal is said to have been sent two seconds later than it was. */
  RENEWED_LATER {
    @Override
    @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random) {
      SessionRenewed one = pick(lines, random, SessionRenewed.class::isInstance);
      return one == null
          ? null
          : changed(
              lines,
              each ->
                  each.equals(one)
                      ? new SessionRenewed(
                          one.session(),
                          one.sentNanos() + 2_000_000_000,
                          one.answeredNanos() + 2_000_000_000,
                          one.clockMillis())
                      : each);
    }
  };

  /** The history made wrong; null if there is nothing in it that this could change. */
  abstract @Nullable List<HistoryLine> apply(List<HistoryLine> lines, Random random);

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <L extends HistoryLine> @Nullable L pick(
      List<HistoryLine> lines, Random random, Predicate<HistoryLine> which) {
    List<HistoryLine> fitting = lines.stream().filter(which).toList();
    return fitting.isEmpty() ? null : (L) fitting.get(random.nextInt(fitting.size()));
  }

  private static boolean isStep(NodeLine.Applied line) {
    return !(line instanceof NodeLine.Began
        || line instanceof NodeLine.Reached
        || line instanceof NodeLine.RequestAnswered);
  }

  private static boolean isSameStep(HistoryLine line, NodeLine.Applied step, String node) {
    return line instanceof NodeLine.Applied applied
        && applied.revision() == step.revision()
        && Step.sameSubject(applied, step)
        && (node.isEmpty() || applied.node().equals(node));
  }

  private static List<HistoryLine> without(List<HistoryLine> lines, Predicate<HistoryLine> which) {
    List<HistoryLine> rest = new ArrayList<>(lines);
    rest.removeIf(which);
    return rest;
  }

  private static List<HistoryLine> changed(
      List<HistoryLine> lines, UnaryOperator<HistoryLine> change) {
    return lines.stream().map(change).toList();
  }

  private static boolean isGranted(HistoryLine line) {
    return line instanceof Operation operation && operation.answer() instanceof Answer.Granted;
  }

  private static Operation told(Operation line, Answer answer) {
    return operation(line, line.invokedNanos(), line.answeredNanos(), answer);
  }

  private static Operation at(Operation line, long invokedNanos, long answeredNanos) {
    return operation(line, invokedNanos, answeredNanos, line.answer());
  }

  private static Operation operation(
      Operation line, long invokedNanos, long answeredNanos, Answer answer) {
    return new Operation(
        line.session(),
        line.sequence(),
        line.action(),
        line.owner(),
        line.demands(),
        line.token(),
        line.waitMillis(),
        line.leaseMillis(),
        line.ticket(),
        line.node(),
        invokedNanos,
        answeredNanos,
        answer);
  }

  private static LockRead read(LockRead line, long revision, List<Long> holders) {
    return new LockRead(
        line.client(),
        line.session(),
        line.lock(),
        line.consistency(),
        revision,
        holders,
        line.node(),
        line.invokedNanos(),
        line.answeredNanos());
  }

  private static LockGranted as(LockGranted line, LockGranted other) {
    return new LockGranted(
        line.node(),
        line.revision(),
        line.clockMillis(),
        line.atNanos(),
        other.ticket(),
        other.session(),
        other.sequence(),
        other.owner(),
        other.demands(),
        other.expiresAtMillis(),
        other.how());
  }

  private static LockGranted with(LockGranted line, Demand demand) {
    return new LockGranted(
        line.node(),
        line.revision(),
        line.clockMillis(),
        line.atNanos(),
        line.ticket(),
        line.session(),
        line.sequence(),
        line.owner(),
        List.of(demand),
        line.expiresAtMillis(),
        line.how());
  }

  private static RequestQueued as(RequestQueued line, RequestQueued other) {
    return new RequestQueued(
        line.node(),
        line.revision(),
        line.clockMillis(),
        line.atNanos(),
        other.session(),
        other.sequence(),
        other.owner(),
        other.demands());
  }
}
