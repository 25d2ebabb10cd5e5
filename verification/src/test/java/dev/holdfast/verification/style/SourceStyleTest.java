package dev.holdfast.verification.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** All sources of Holdfast obey the rules of {@link SourceStyle}, with the named exceptions. */
final class SourceStyleTest {
  private static final Repository REPOSITORY = Repository.ofThisBuild();
  private static final String EXCEPTIONS = "verification/src/test/resources/style-exceptions.txt";

  @Test
  void sources_obey_the_rules() throws IOException {
    Path file = REPOSITORY.root().resolve(EXCEPTIONS);
    StyleExceptions exceptions = StyleExceptions.parse(Files.readAllLines(file));

    assertThat(exceptions.complaintsAbout(REPOSITORY.violations()))
        .as("complaints; exceptions are in " + EXCEPTIONS)
        .isEmpty();
  }

  @Test
  void sources_of_every_module_were_read() throws IOException {
    assertThat(REPOSITORY.sources())
        .extracting(file -> REPOSITORY.root().relativize(file).getName(0).toString())
        .contains("protocol", "core", "replication", "server", "client", "fencing", "cli")
        .contains("verification");
  }
}
