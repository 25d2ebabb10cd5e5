package dev.holdfast.verification.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What would make two replicas that apply the same log differ, or would bind the rules to a
 * machine: clocks, randomness, threads, IO, and collections that are iterated in an order which
 * depends on their history.
 */
final class DeterminismRules {
  /** Packages whose classes are not used at all. */
  private static final String[] PACKAGES = {
    "java.util.concurrent..",
    "java.util.random..",
    "java.util.logging..",
    "java.io..",
    "java.nio.file..",
    "java.nio.channels..",
    "java.net..",
    "java.lang.reflect..",
    "org.slf4j..",
    "io.grpc..",
    "com.alipay..",
  };

  private static final Set<String> CLASSES =
      Set.of(
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          "java.util.Hashtable",
          "java.util.Properties",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "java.security.SecureRandom",
          "java.time.Clock",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Runtime",
          "java.lang.ref.Cleaner");

  /** Methods that are not called, by the class that has them. */
  private static final Map<String, Set<String>> METHODS =
      Map.ofEntries(
          // iterated in an order that is random per JVM
          Map.entry("java.util.Map", Set.of("of", "ofEntries", "copyOf")),
          Map.entry("java.util.Set", Set.of("of", "copyOf")),
          // make hash maps and hash sets
          Map.entry(
              "java.util.stream.Collectors",
              Set.of("toMap", "toUnmodifiableMap", "toSet", "toUnmodifiableSet", "groupingBy")),
          Map.entry("java.util.stream.Stream", Set.of("parallel", "unordered")),
          Map.entry("java.util.Collection", Set.of("parallelStream")),
          Map.entry("java.util.Collections", Set.of("shuffle")),
          // randomness, and what differs between machines
          Map.entry("java.util.UUID", Set.of("randomUUID")),
          Map.entry("java.lang.Math", Set.of("random")),
          Map.entry("java.util.Locale", Set.of("getDefault")),
          Map.entry("java.util.TimeZone", Set.of("getDefault")),
          Map.entry("java.nio.charset.Charset", Set.of("defaultCharset")),
          Map.entry("java.lang.Object", Set.of("wait", "notify", "notifyAll")));

  private DeterminismRules() {}

  static List<ArchRule> over(String packages) {
    return List.of(
        noClasses()
            .that()
            .resideInAPackage(packages)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PACKAGES)
            .as("core has no threads, no IO, no log and no engine"),
        noClasses()
            .that()
            .resideInAPackage(packages)
            .should()
            .dependOnClassesThat(describe("are banned", DeterminismRules::isBanned))
            .as("core has no clock, no randomness and no collection ordered by hash or history"),
        noClasses()
            .that()
            .resideInAPackage(packages)
            .should()
            .accessTargetWhere(
                describe("are banned", (JavaAccess<?> access) -> isBanned(access.getTarget())))
            .as("core calls nothing that answers differently on another machine"));
  }

  private static boolean isBanned(JavaClass type) {
    return CLASSES.contains(type.getName());
  }

  private static boolean isBanned(AccessTarget target) {
    JavaClass owner = target.getOwner();
    String name = target.getName();
    if (owner.getName().equals("java.lang.System")) {
      return !name.equals("arraycopy");
    }
    if (owner.getPackageName().equals("java.time")) {
      return name.equals("now");
    }
    if (name.equals("hashCode")) { // differs between two equal objects, unless they say otherwise
      return owner.getName().equals("java.lang.Object");
    }
    return METHODS.entrySet().stream()
        .anyMatch(ban -> ban.getValue().contains(name) && owner.isAssignableTo(ban.getKey()));
  }
}
