package dev.holdfast.verification.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arrows between modules and packages, as rules over the classes below a root package. The root
 * is a parameter so that a tree of bad classes can prove that each rule fires.
 *
 * @param root the package that holds one package per module
 */
record ArchitectureRules(String root) {
  /** Each module, and the modules that it may use. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          "protocol", List.of(),
          "core", List.of("protocol"),
          "replication", List.of("protocol"),
          "history", List.of(),
          "server", List.of("core", "replication", "protocol", "history"),
          "client", List.of("protocol", "history"),
          "fencing", List.of(),
          "cli", List.of("client", "fencing", "protocol", "history"));

  /** Names that say nothing about what is inside. */
  private static final Set<String> EMPTY_NAMES =
      Set.of("util", "utils", "common", "helper", "helpers", "impl", "misc", "shared");

  static Set<String> modules() {
    return ARROWS.keySet();
  }

  private String in(String module) {
    return root + "." + module + "..";
  }

  /**
   * A module uses only the modules that its arrows lead to. The command line may also name the one
   * class with which a node starts.
   */
  ArchRule arrowsOf(String module) {
    List<String> allowed = ARROWS.getOrDefault(module, List.of());
    String[] forbidden =
        ARROWS.keySet().stream()
            .filter(other -> !other.equals(module) && !allowed.contains(other))
            .map(this::in)
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> target = resideInAnyPackage(forbidden);
    if (module.equals("cli")) {
      target = target.and(not(HasName.Predicates.name(root + ".server.Main")));
    }
    return noClasses()
        .that()
        .resideInAPackage(in(module))
        .should()
        .dependOnClassesThat(target)
        .as("%s uses no module but %s".formatted(module, allowed))
        .allowEmptyShould(true);
  }

  /**
   * What users put in front of their resources brings nothing with it. The one package for servlet
   * containers needs what a container brings; nothing else of ours needs that package.
   */
  ArchRule fencingNeedsOnlyTheJdk() {
    return classes()
        .that()
        .resideInAPackage(in("fencing"))
        .and()
        .resideOutsideOfPackage(in("fencing.servlet"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            in("fencing"), "java..", "javax.sql..", "com.sun.net.httpserver..", "org.jspecify..")
        .as("fencing needs nothing but the JDK");
  }

  /** The engine can be replaced by writing one package. */
  ArchRule onlyItsPackageSeesTheEngine() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(root + ".replication.jraft..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.alipay..", "com.lmax..", "org.rocksdb..")
        .as("only replication.jraft sees the engine, in code and in signatures");
  }

  /** A package that needs another and is needed by it is one package. */
  ArchRule noPackageCyclesIn(String module) {
    return slices()
        .assignedFrom(new PackagesOf(root + "." + module))
        .should()
        .beFreeOfCycles()
        .as("packages of %s are free of cycles".formatted(module))
        .allowEmptyShould(true);
  }

  /** What a module keeps to itself. */
  ArchRule internalStaysInternalIn(String module) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(in(module))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + "." + module + "..internal..")
        .as("nobody else uses an internal package of " + module)
        .allowEmptyShould(true);
  }

  /** A package is named for what is inside. */
  ArchRule packagesAreNamedForWhatIsInside() {
    return classes()
        .that()
        .resideInAPackage(root + "..")
        .should(
            new ArchCondition<>("have a package that is not named " + EMPTY_NAMES) {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                List<String> parts = Arrays.asList(type.getPackageName().split("\\."));
                boolean named = parts.stream().noneMatch(EMPTY_NAMES::contains);
                events.add(
                    new SimpleConditionEvent(
                        type, named, "%s is in %s".formatted(type, type.getPackageName())));
              }
            });
  }

  /** The bans of the rules' module, each of them a rule; see {@link DeterminismRules}. */
  List<ArchRule> coreIsDeterministic() {
    return DeterminismRules.over(in("core"));
  }

  List<ArchRule> all() {
    List<ArchRule> rules = new ArrayList<>();
    for (String module : ARROWS.keySet().stream().sorted().toList()) {
      rules.add(arrowsOf(module));
      rules.add(noPackageCyclesIn(module));
      rules.add(internalStaysInternalIn(module));
    }
    rules.add(fencingNeedsOnlyTheJdk());
    rules.add(onlyItsPackageSeesTheEngine());
    rules.add(packagesAreNamedForWhatIsInside());
    rules.addAll(coreIsDeterministic());
    return rules;
  }

  /** Each package of a module is a slice of its own. */
  private record PackagesOf(String module) implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      return name.equals(module) || name.startsWith(module + ".")
          ? SliceIdentifier.of(name)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of " + module;
    }
  }
}
