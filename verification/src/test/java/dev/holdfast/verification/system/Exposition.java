package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape in Prometheus' text format, read strictly: what cannot be read is a failure. */
record Exposition(
    Map<String, String> types,
    Map<String, String> helps,
    Map<String, Set<String>> labels,
    Map<String, Double> samples) {
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{[^}]*\\})? (\\S+)( \\d+)?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  static Exposition of(String text) {
    Exposition read =
        new Exposition(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    text.lines().forEach(read::add);
    assertThat(read.helps.keySet()).as("every metric has a help").isEqualTo(read.types.keySet());
    return read;
  }

  private void add(String line) {
    String[] words = line.split(" ", 4);
    if (line.startsWith("# HELP ")) {
      helps.put(words[2], words[3]);
    } else if (line.startsWith("# TYPE ")) {
      types.put(words[2], words[3]);
    } else {
      addSample(line);
    }
  }

  private void addSample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    String name = sample.group(1);
    String labelled = sample.group(2) == null ? "" : sample.group(2);
    String value = sample.group(3).replace("+Inf", "Infinity");
    assertThat(samples.put(name + labelled, Double.parseDouble(value)))
        .as("said twice: " + line)
        .isNull();
    Set<String> names = labels.computeIfAbsent(metricOf(name), key -> new TreeSet<>());
    Matcher label = LABEL.matcher(labelled);
    while (label.find()) {
      names.add(label.group(1));
    }
  }

  /** The samples of a histogram or summary have ends that its name has not. */
  private String metricOf(String sample) {
    String metric = sample.replaceFirst("_(bucket|count|sum)$", "");
    String found = types.containsKey(sample) ? sample : metric;
    assertThat(types).as("types, of " + sample).containsKey(found);
    return found;
  }

  double value(String sample) {
    assertThat(samples).containsKey(sample);
    return samples.getOrDefault(sample, Double.NaN);
  }

  double grown(Exposition before, String sample) {
    return value(sample) - before.value(sample);
  }

  Set<String> names() {
    return types.keySet();
  }

  /** What only grows: the counters of this service, not those of the JVM. */
  Map<String, Double> countersOnly() {
    Map<String, Double> counters = new TreeMap<>(samples);
    counters
        .keySet()
        .removeIf(
            sample -> !sample.startsWith("holdfast_") || !sample.matches("\\w+_total(\\{.*)?"));
    assertThat(counters).isNotEmpty();
    return counters;
  }

  /** Type, labels and help of every metric, as the page writes them. */
  Map<String, String> described() {
    Map<String, String> described = new TreeMap<>();
    types.forEach(
        (name, type) -> {
          Set<String> own = new TreeSet<>(labels.getOrDefault(name, Set.of()));
          own.remove("le");
          own.remove("quantile");
          described.put(
              name, type + " | " + String.join(", ", own) + " | " + helps.getOrDefault(name, ""));
        });
    return described;
  }
}
