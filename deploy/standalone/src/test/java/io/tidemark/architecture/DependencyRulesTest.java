package io.tidemark.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arrows point one way, as docs/architecture.md draws them. */
@AnalyzeClasses(packages = "io.tidemark", importOptions = DoNotIncludeTests.class)
class DependencyRulesTest {
  private static final String[] SERVICES = {
    "io.tidemark.inventory..",
    "io.tidemark.converter..",
    "io.tidemark.checkpointer..",
    "io.tidemark.extractor..",
    "io.tidemark.catalog.."
  };
  private static final String[] DEPLOY = {
    "io.tidemark.standalone..",
    "io.tidemark.cli..",
    "io.tidemark.demo..",
    "io.tidemark.lab..",
    "io.tidemark.postgres.."
  };

  @ArchTest
  static final ArchRule sharedLibrariesKnowNoServiceAndNoDeployment =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.tidemark.events..",
              "io.tidemark.nbd..",
              "io.tidemark.repository..",
              "io.tidemark.hypervisor..",
              "io.tidemark.runtime..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(SERVICES).or(resideInAnyPackage(DEPLOY)));

  @ArchTest
  static final ArchRule servicesKnowNoDeployment =
      noClasses()
          .that()
          .resideInAnyPackage(SERVICES)
          .should()
          .dependOnClassesThat(resideInAnyPackage(DEPLOY));

  @ArchTest
  static final ArchRule nbdKnowsNothingElseOfTheProject =
      noClasses()
          .that()
          .resideInAPackage("io.tidemark.nbd..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.tidemark..").and(not(resideInAPackage("io.tidemark.nbd.."))));

  @ArchTest
  static final ArchRule theRepositoryKnowsNothingElseOfTheProjectAndNoVertx =
      noClasses()
          .that()
          .resideInAPackage("io.tidemark.repository..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.tidemark..", "io.vertx..")
                  .and(not(resideInAPackage("io.tidemark.repository.."))));

  @ArchTest
  static final ArchRule internalsOfVertxAreUsedInOneClassOnly =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.tidemark.nbd.SocketConnection")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.core.internal..");

  @ArchTest
  static void servicesMeetInTheEventsOnly(JavaClasses classes) {
    for (String service : SERVICES) {
      for (String other : SERVICES) {
        if (!service.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(service)
              .should()
              .dependOnClassesThat(resideInAPackage(other))
              .check(classes);
        }
      }
    }
  }

  @ArchTest
  static final ArchRule modulesHaveNoCycles =
      slices().matching("io.tidemark.(*)..").should().beFreeOfCycles();
}
