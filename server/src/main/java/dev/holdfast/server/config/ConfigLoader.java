package dev.holdfast.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads the configuration: defaults, then a YAML file, then {@code HOLDFAST_...} variables of the
 * environment, then {@code key=value} settings of the command line; what comes later wins.
 */
public final class ConfigLoader {
  private static final String PREFIX = "HOLDFAST_";
  private static final Pattern TWICE = Pattern.compile("^Duplicate \\w+ ['\"]([^'\"]*)");

  private final ObjectMapper yaml =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
  private final Map<String, String> environment;
  private final List<String> warnings = new ArrayList<>();

  public ConfigLoader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** What was strange and is no error, found by the last {@link #load}. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Reads everything.
   *
   * @param file the YAML file, or null for none
   * @param settings {@code key=value}, the key with dots
   * @throws ConfigException if anything is wrong, naming where, which key, and what to write
   */
  public ResolvedConfig load(@Nullable Path file, List<String> settings) throws ConfigException {
    warnings.clear();
    String source = file == null ? "configuration" : file.toString();
    ObjectNode tree = file == null ? yaml.createObjectNode() : parse(file);
    Map<String, String> sources = new LinkedHashMap<>();
    overlayEnvironment(tree, sources);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new ConfigException("--set " + setting + ": write --set key=value");
      }
      String path = setting.substring(0, equals).strip();
      overlay(tree, path, setting.substring(equals + 1), "--set");
      sources.put(path, "--set");
    }
    NodeConfig config = new ConfigBinder(source, sources).bind(tree);
    return ResolvedConfig.of(config, source);
  }

  private ObjectNode parse(Path file) throws ConfigException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          file + ": cannot be read (" + e + "); name a readable file after --config");
    }
    try {
      JsonNode tree = yaml.readTree(text);
      if (tree == null || tree.isNull() || tree.isMissingNode()) {
        return yaml.createObjectNode();
      }
      if (tree instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new ConfigException(
          file
              + ": line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": "
              + problem(e));
    }
    throw new ConfigException(file + ": write keys and values, such as `cluster: holdfast`");
  }

  private static String problem(JacksonException e) {
    String said = e.getOriginalMessage().lines().findFirst().orElse("");
    Matcher twice = TWICE.matcher(said);
    return twice.find() ? twice.group(1) + " is there twice; remove one" : "is not YAML: " + said;
  }

  private void overlayEnvironment(ObjectNode tree, Map<String, String> sources)
      throws ConfigException {
    Map<String, String> pathByVariable = new TreeMap<>();
    pathByVariable.put(PREFIX + "NODES", "nodes");
    for (ConfigKeys.Documented key : ConfigKeys.all()) {
      if (!key.path().contains("[]")) {
        pathByVariable.put(ConfigKeys.variableOf(key.path()), key.path());
      }
    }
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      String path = pathByVariable.get(variable.getKey());
      if (path != null) {
        overlay(tree, path, variable.getValue(), variable.getKey());
        sources.put(path, variable.getKey());
      } else if (variable.getKey().startsWith(PREFIX)) {
        warnings.add(variable.getKey() + " is set and means nothing to a node");
      }
    }
  }

  /** Sets one key; the value of the list of nodes is YAML too. */
  private void overlay(ObjectNode tree, String path, String value, String source)
      throws ConfigException {
    String[] keys = path.split("\\.", -1);
    ObjectNode parent = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      JsonNode child = parent.get(keys[i]);
      if (child == null || child.isNull()) {
        child = parent.putObject(keys[i]);
      }
      if (!(child instanceof ObjectNode object)) {
        throw ConfigException.at(source, path, keys[i] + " has no keys under it");
      }
      parent = object;
    }
    String last = keys[keys.length - 1];
    boolean isList = path.equals("nodes");
    try {
      parent.set(last, isList ? yaml.readTree(value) : yaml.valueToTree(value));
    } catch (JacksonException e) {
      throw ConfigException.at(
          source,
          path,
          "is no YAML list: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }
}
