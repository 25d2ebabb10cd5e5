package dev.holdfast.cli.demo;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** All demonstrations that are on the class path. */
final class Demos {
  private Demos() {}

  /** New ones, in the order in which {@code META-INF/services} names them. */
  static List<Demo> all() {
    return ServiceLoader.load(Demo.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /** A new one, by its name or another word for it. */
  static Demo named(String name) {
    List<Demo> all = all();
    return all.stream()
        .filter(demo -> demo.name().equals(name) || demo.aliases().contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.USAGE,
                    "there is no demo '" + name + "'",
                    "there are: "
                        + all.stream().map(Demo::name).collect(Collectors.joining(", "))));
  }
}
