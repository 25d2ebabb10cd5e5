package dev.holdfast.history.check;

import dev.holdfast.history.ClientLine;
import dev.holdfast.history.HistoryLine;
import dev.holdfast.history.NodeLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was recorded, by what it is about. What several nodes tell of one revision is
 * kept once; that they tell the same is checked here.
 */
final class Evidence {
  /** A line of a client, and the clock of its times. */
  record Timed<L>(L line, LocatedLine at, int clock) {}

  private static final int NODES_MAX = 64;

  final Map<Long, Step> steps = new HashMap<>();
  final Map<RequestKey, RequestFacts> requests = new LinkedHashMap<>();
  final Map<Long, SessionFacts> sessions = new LinkedHashMap<>();
  final List<NodeLog> nodes = new ArrayList<>();
  final List<Timed<ClientLine.LockRead>> reads = new ArrayList<>();
  final List<Timed<ClientLine.Holding>> holdings = new ArrayList<>();
  long lines;
  long stepCount;
  long operationCount;

  private final Findings findings;
  private final Map<String, Integer> clocks = new HashMap<>();
  private final Map<String, NodeLog> logByNodeAndClock = new HashMap<>();
  private final Map<String, NodeLog> presentLogs = new HashMap<>();
  private final Map<Long, LocatedLine> leaderLines = new HashMap<>();
  private int clock;
  private int sources;

  Evidence(Findings findings) {
    this.findings = findings;
    useClock("memory");
    sources = 0;
  }

  int sources() {
    return Math.max(1, sources);
  }

  void add(LocatedLine at) {
    lines++;
    HistoryLine line = at.line();
    if (line instanceof HistoryLine.Header header) {
      begin(header);
    } else if (line instanceof HistoryLine.Dropped dropped) {
      presentLogs.values().forEach(NodeLog::interrupt);
      findings.unchecked(
          at.source() + " lacks " + dropped.lines() + " lines that the recorder had to drop");
    } else if (line instanceof NodeLine node) {
      addOfNode(node, at);
    } else if (line instanceof ClientLine client) {
      addOfClient(client, at);
    }
  }

  private void begin(HistoryLine.Header header) {
    presentLogs.values().forEach(NodeLog::interrupt);
    presentLogs.clear();
    useClock(header.clock());
    sources++;
  }

  private void useClock(String name) {
    clock = clocks.computeIfAbsent(name, unused -> clocks.size());
  }

  int clockCount() {
    return clocks.size();
  }

  /** Nothing more comes. */
  void end() {
    presentLogs.values().forEach(NodeLog::interrupt);
    presentLogs.clear();
  }

  // What nodes recorded.

  private NodeLog logOf(String node) {
    return presentLogs.computeIfAbsent(
        node,
        name ->
            logByNodeAndClock.computeIfAbsent(
                name + '\n' + clock,
                unused -> {
                  NodeLog log = new NodeLog(name, clock, Math.min(nodes.size(), NODES_MAX - 1));
                  nodes.add(log);
                  return log;
                }));
  }

  private void addOfNode(NodeLine line, LocatedLine at) {
    if (line instanceof NodeLine.LeaderChanged changed) {
      addLeader(changed, at);
      return;
    }
    NodeLine.Applied applied = (NodeLine.Applied) line;
    NodeLog log = logOf(line.node());
    if (applied instanceof NodeLine.Began) {
      log.begin(applied.revision());
      log.appliedAt(applied.revision(), applied.atNanos());
      return;
    }
    checkOrder(log, applied, at);
    boolean sameStretch = log.last() == applied.revision();
    log.tell(applied.revision(), at);
    log.appliedAt(applied.revision(), applied.atNanos());
    if (applied instanceof NodeLine.Reached) {
      log.reach(applied.revision());
    } else if (applied instanceof NodeLine.RequestAnswered answered) {
      addAnswered(answered, at);
    } else {
      addStep(log, applied, at, sameStretch);
    }
  }

  private void checkOrder(NodeLog log, NodeLine.Applied line, LocatedLine at) {
    findings.checked(Rule.NODE_WENT_BACK);
    if (line.revision() < log.last()) {
      findings.report(
          Rule.NODE_WENT_BACK,
          "node %s applied revision %d after revision %d"
              .formatted(line.node(), line.revision(), log.last()),
          log.lastLine,
          at);
    }
  }

  private void addLeader(NodeLine.LeaderChanged line, LocatedLine at) {
    if (line.leader().isEmpty()) {
      return;
    }
    findings.checked(Rule.TWO_LEADERS_IN_ONE_TERM);
    LocatedLine known = leaderLines.putIfAbsent(line.term(), at);
    if (known != null
        && known.line() instanceof NodeLine.LeaderChanged other
        && !other.leader().equals(line.leader())) {
      findings.report(
          Rule.TWO_LEADERS_IN_ONE_TERM,
          "in term %d, %s leads by the word of %s and %s by the word of %s"
              .formatted(line.term(), other.leader(), other.node(), line.leader(), line.node()),
          known,
          at);
    }
  }

  private void addStep(NodeLog log, NodeLine.Applied line, LocatedLine at, boolean sameStretch) {
    long bit = 1L << log.index;
    Step first = steps.get(line.revision());
    for (Step step = first; step != null; step = step.next) {
      if (Step.sameSubject(step.line, line)) {
        boolean retold = (step.toldBy & bit) != 0;
        step.toldBy |= bit;
        compare(step, line, at, retold && sameStretch);
        return;
      }
    }
    Step step = new Step(line, at);
    step.toldBy = bit;
    step.next = first;
    steps.put(line.revision(), step);
    stepCount++;
    link(step);
  }

  private void compare(Step step, NodeLine.Applied line, LocatedLine at, boolean sameRun) {
    findings.checked(Rule.NODES_DISAGREE);
    if (Step.sameContent(step.line, line)) {
      return;
    }
    if (sameRun) {
      findings.report(
          Rule.TOKEN_NOT_UNIQUE,
          "node %s gave revision %d twice".formatted(line.node(), line.revision()),
          step.at,
          at);
    } else {
      findings.report(
          Rule.NODES_DISAGREE,
          "at revision %d, nodes %s and %s applied different things"
              .formatted(line.revision(), step.line.node(), line.node()),
          step.at,
          at);
    }
  }

  private void link(Step step) {
    NodeLine.Applied line = step.line;
    if (line instanceof NodeLine.LockGranted granted && granted.sequence() != 0) {
      RequestFacts facts = request(granted.session(), granted.sequence());
      facts.granted = once(facts, facts.granted, step, "granted");
    } else if (line instanceof NodeLine.RequestQueued queued && queued.sequence() != 0) {
      RequestFacts facts = request(queued.session(), queued.sequence());
      facts.queued = once(facts, facts.queued, step, "queued");
    } else if (line instanceof NodeLine.RequestLeft left && left.sequence() != 0) {
      RequestFacts facts = request(left.session(), left.sequence());
      facts.left = once(facts, facts.left, step, "taken out of the queues");
    } else if (line instanceof NodeLine.LockReleased released
        && released.sequence() != 0
        && released.by() != 0) {
      RequestFacts facts = request(released.by(), released.sequence());
      facts.released = once(facts, facts.released, step, "carried out as a release");
    } else if (line instanceof NodeLine.LockConverted converted && converted.sequence() != 0) {
      RequestFacts facts = request(converted.session(), converted.sequence());
      facts.converted = once(facts, facts.converted, step, "carried out as a conversion");
    } else if (line instanceof NodeLine.SessionBegan began) {
      SessionFacts session = session(began.session());
      session.began = session.began == null ? step : session.began;
      session.ttlMillis = Math.max(session.ttlMillis, began.ttlMillis());
      session.client = began.client();
    } else if (line instanceof NodeLine.SessionEnded ended) {
      SessionFacts session = session(ended.session());
      session.ended = session.ended == null ? step : session.ended;
    }
  }

  private Step once(RequestFacts facts, @Nullable Step known, Step step, String what) {
    findings.checked(Rule.EXECUTED_TWICE);
    if (known == null) {
      return step;
    }
    findings.report(
        Rule.EXECUTED_TWICE,
        "%s was %s at revision %d and again at revision %d"
            .formatted(facts.key, what, known.revision(), step.revision()),
        known.at,
        step.at);
    return known;
  }

  private void addAnswered(NodeLine.RequestAnswered line, LocatedLine at) {
    if (!RequestFacts.isKept(line.answer())) {
      return;
    }
    RequestFacts facts = request(line.session(), line.sequence());
    if (facts.repeated == null) {
      facts.repeated = line.answer();
      facts.repeatedAt = at;
      return;
    }
    findings.checked(Rule.ANSWERS_DIFFER);
    if (!RequestFacts.same(facts.repeated, line.answer())) {
      findings.report(
          Rule.ANSWERS_DIFFER,
          "nodes answered %s with %s and with %s"
              .formatted(facts.key, facts.repeated, line.answer()),
          facts.repeatedAt,
          at);
    }
  }

  // What clients recorded.

  private void addOfClient(ClientLine line, LocatedLine at) {
    if (line instanceof ClientLine.Operation operation) {
      operationCount++;
      addOperation(operation, at);
    } else if (line instanceof ClientLine.LockRead read) {
      reads.add(new Timed<>(read, at, clock));
    } else if (line instanceof ClientLine.Holding holding) {
      holdings.add(new Timed<>(holding, at, clock));
    } else if (line instanceof ClientLine.SessionOpened opened) {
      SessionFacts session = session(opened.session());
      session.client = opened.client();
      session.ttlMillis = Math.max(session.ttlMillis, opened.ttlMillis());
      session.renewedAfter(opened.invokedNanos(), clock, at);
    } else if (line instanceof ClientLine.SessionRenewed renewed) {
      session(renewed.session()).renewedAfter(renewed.sentNanos(), clock, at);
    }
  }

  private void addOperation(ClientLine.Operation operation, LocatedLine at) {
    RequestFacts facts = request(operation.session(), operation.sequence());
    if (facts.answer != null && RequestFacts.isKept(operation.answer())) {
      findings.checked(Rule.ANSWERS_DIFFER);
    }
    if (!facts.add(operation, at, clock)) {
      findings.report(
          Rule.ANSWERS_DIFFER,
          "%s was answered with %s and with %s"
              .formatted(facts.key, facts.answer, operation.answer()),
          facts.answerAt,
          at);
    }
  }

  RequestFacts request(long session, long sequence) {
    return requests.computeIfAbsent(new RequestKey(session, sequence), RequestFacts::new);
  }

  SessionFacts session(long session) {
    return sessions.computeIfAbsent(session, SessionFacts::new);
  }

  // What is known for sure.

  /** The revisions of which at least one node tells everything. */
  Coverage coverage() {
    Coverage all = new Coverage();
    nodes.forEach(log -> all.addAll(log.coverage));
    return all;
  }

  /** When the first node on a clock had applied a revision; {@link NodeLog#UNKNOWN} if unknown. */
  long firstApplied(long revision, int onClock) {
    long first = NodeLog.UNKNOWN;
    for (NodeLog log : nodes) {
      long nanos = log.clock == onClock ? log.firstApplied(revision) : NodeLog.UNKNOWN;
      if (nanos != NodeLog.UNKNOWN && (first == NodeLog.UNKNOWN || nanos < first)) {
        first = nanos;
      }
    }
    return first;
  }
}
