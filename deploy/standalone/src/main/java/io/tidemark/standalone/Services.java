package io.tidemark.standalone;

import io.tidemark.catalog.ApiConfig;
import io.tidemark.catalog.CatalogConfig;
import io.tidemark.catalog.CatalogVerticle;
import io.tidemark.catalog.access.Accounts;
import io.tidemark.checkpointer.CheckpointerConfig;
import io.tidemark.checkpointer.CheckpointerVerticle;
import io.tidemark.converter.ConverterConfig;
import io.tidemark.converter.ConverterVerticle;
import io.tidemark.extractor.ExtractorVerticle;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.LibvirtHypervisor;
import io.tidemark.inventory.InventoryConfig;
import io.tidemark.inventory.InventoryVerticle;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Services in this process: deployed, and undeployed in reverse order. Its methods block; not for
 * event loops.
 */
final class Services implements AutoCloseable {
  private final ServiceOptions options;
  private final String kafka;
  private final Vertx vertx = Vertx.vertx();
  private final Management management = new Management(vertx);
  private final List<KafkaEvents> events = new ArrayList<>();
  private final List<String> deployments = new ArrayList<>();
  private Optional<Hypervisor> hypervisor = Optional.empty();
  private Optional<CatalogVerticle> catalog = Optional.empty();
  private boolean together;

  /**
   * @param kafka bootstrap servers
   */
  Services(ServiceOptions options, String kafka) {
    this.options = options;
    this.kafka = kafka;
  }

  /**
   * Starts services, all at the same time, and waits for them.
   *
   * @param postgres the catalog's database
   */
  void start(Collection<ServiceName> names, String postgres) {
    together = names.contains(ServiceName.CONVERTER) && names.contains(ServiceName.CATALOG);
    options.management().ifPresent(address -> management.listen(address).await());
    events("suite").createTopics().await();
    List<VerticleBase> verticles = names.stream().map(name -> verticle(name, postgres)).toList();
    List<Future<String>> deployed = verticles.stream().map(vertx::deployVerticle).toList();
    try {
      Future.join(deployed).await();
    } finally {
      deployed.stream().filter(Future::succeeded).map(Future::result).forEach(deployments::add);
    }
    management.ready();
  }

  /** The port of the API, once the catalog runs here. */
  Optional<Integer> httpPort() {
    return catalog.map(CatalogVerticle::httpPort);
  }

  private VerticleBase verticle(ServiceName name, String postgres) {
    KafkaEvents own = events(name.toString());
    return switch (name) {
      case INVENTORY -> new InventoryVerticle(InventoryConfig.defaults(), own, hypervisor());
      case CONVERTER ->
          new ConverterVerticle(
              new ConverterConfig(
                      options.data().resolve("state/converter"), options.hostDirectory())
                  .withRestoreRoots(options.api().config(options.data()).restoreRoots()),
              own,
              hypervisor());
      case CHECKPOINTER ->
          new CheckpointerVerticle(
              CheckpointerConfig.defaults(
                  options.data().resolve("state/checkpointer"), options.hostDirectory()),
              own,
              hypervisor());
      case EXTRACTOR ->
          new ExtractorVerticle(
              options.extractor(WorkerName.ofThisProcess()), own, management.registry());
      case CATALOG -> {
        CatalogVerticle made =
            new CatalogVerticle(
                new CatalogConfig(
                        options.repository(),
                        postgres,
                        options.api().http().host(),
                        options.api().http().port())
                    .withApi(api()),
                own);
        catalog = Optional.of(made);
        yield made;
      }
    };
  }

  /** The account that was made at the first start that asks who somebody is. */
  Optional<Accounts.First> firstAccount() {
    return catalog.flatMap(CatalogVerticle::firstAccount);
  }

  private ApiConfig api() {
    // The converter writes the targets of restores; where it runs, the catalog sees them too.
    ApiConfig told = options.api().config(options.data());
    return together ? told.onHypervisorItself() : told;
  }

  private KafkaEvents events(String service) {
    KafkaEvents made = new KafkaEvents(vertx, KafkaSettings.of(kafka), "/tidemark/" + service);
    events.add(made);
    return made;
  }

  private Hypervisor hypervisor() {
    Hypervisor shared =
        hypervisor.orElseGet(() -> LibvirtHypervisor.create(vertx, options.libvirt()));
    hypervisor = Optional.of(shared);
    return shared;
  }

  @Override
  public void close() {
    Future<Void> stopped = Future.succeededFuture();
    for (String deployment : deployments.reversed()) {
      stopped = stopped.transform(v -> vertx.undeploy(deployment));
    }
    for (KafkaEvents each : events) {
      stopped = stopped.transform(v -> each.close());
    }
    stopped
        .transform(v -> hypervisor.map(Hypervisor::close).orElseGet(Future::succeededFuture))
        .transform(v -> management.close())
        .transform(v -> vertx.close())
        .await();
  }
}
