package dev.holdfast.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.holdfast.server.config.NodeConfig;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes logs to stderr: lines of {@code key=value} pairs, or of JSON, each with the node's id. */
final class LogSetup {
  private static final String LINE =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\",UTC} level=%level node=%property{node} thread=%thread"
          + " logger=%logger{0} %msg%n";

  /**
   * The engine and what is around it: their traces fill pages when a disk is full, and say nothing
   * that an operator can use. What ends a node is logged with its cause by {@link Main}.
   */
  private static final List<String> TERSE =
      List.of("com.alipay.sofa.jraft", "dev.holdfast.replication");

  /** Kept, or the levels that are set on it may be collected with it. */
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private LogSetup() {}

  /** Must come before the first line that is logged. */
  static void apply(NodeConfig.Log log, String nodeId) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    context.putProperty("node", nodeId);
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(stderr(log.format(), true, context));
    root.setLevel(Level.WARN);
    ConsoleAppender<ILoggingEvent> terse =
        stderr(log.format(), log.level() == NodeConfig.LogLevel.DEBUG, context);
    for (String name : TERSE) {
      context.getLogger(name).addAppender(terse);
      context.getLogger(name).setAdditive(false);
    }
    // A node without a snapshot is nothing to be warned of, and that is all it warns of.
    context
        .getLogger("com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage")
        .setLevel(Level.ERROR);
    context.getLogger("dev.holdfast").setLevel(Level.toLevel(log.level().name()));
    GRPC.setLevel(java.util.logging.Level.WARNING);
  }

  private static ConsoleAppender<ILoggingEvent> stderr(
      NodeConfig.LogFormat format, boolean withTraces, LoggerContext context) {
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder(format, withTraces, context));
    stderr.start();
    return stderr;
  }

  private static Encoder<ILoggingEvent> encoder(
      NodeConfig.LogFormat format, boolean withTraces, LoggerContext context) {
    return switch (format) {
      case TEXT -> {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(LINE + (withTraces ? "%xException{20}" : "%nopex"));
        text.start();
        yield text;
      }
      case JSON -> {
        JsonEncoder json = new JsonEncoder();
        json.setContext(context);
        json.setWithThrowable(withTraces);
        json.start();
        yield json;
      }
    };
  }
}
