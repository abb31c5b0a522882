package io.tidemark.catalog.http;

import io.tidemark.catalog.Ids;
import io.tidemark.catalog.backup.BackupRequests;
import io.tidemark.catalog.conversion.Conversions;
import io.tidemark.catalog.restore.RestoreRequests;
import io.tidemark.catalog.store.Words;
import io.tidemark.catalog.verification.Verifications;
import io.tidemark.events.BackupKind;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.RestoreRequested;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;

/** What can be asked for. Each is answered with the job that does it. */
final class RequestApi {
  private final Services services;
  private final PointApi points;
  private final JobViews jobs;

  /** Who does the work. */
  record Services(
      BackupRequests backups,
      RestoreRequests restores,
      Conversions conversions,
      Verifications verifications) {}

  RequestApi(Services services, PointApi points, JobViews jobs) {
    this.services = services;
    this.points = points;
    this.jobs = jobs;
  }

  Future<Reply> backup(RoutingContext context) {
    RequestBody body = RequestBody.of(context, Set.of("vm", "kind", "disks"));
    BackupKind kind = Words.parse(BackupKind.class, body.word("kind", List.of("auto", "full")));
    return accepted(
        services
            .backups()
            .submit(
                new BackupRequested(Ids.random(), body.required("vm"), kind, body.texts("disks"))));
  }

  Future<Reply> conversion(RoutingContext context) {
    RequestBody body = RequestBody.of(context, Set.of("vm", "mode", "disks", "restart"));
    ConversionMode mode =
        Words.parse(ConversionMode.class, body.word("mode", List.of("plan", "apply", "revert")));
    return accepted(
        services
            .conversions()
            .submit(
                new ConversionRequested(
                    Ids.random(),
                    body.required("vm"),
                    body.texts("disks"),
                    mode,
                    body.flag("restart"))));
  }

  Future<Reply> restore(RoutingContext context) {
    RequestBody body = RequestBody.of(context, Set.of("point", "directory", "disks", "overwrite"));
    String wanted = body.required("point");
    RestoreRequested request =
        new RestoreRequested(
            Ids.random(),
            wanted,
            body.text("directory"),
            body.textMap("disks"),
            body.flag("overwrite"));
    return points
        .find(wanted)
        .compose(point -> accepted(services.restores().submit(of(point.id(), request))));
  }

  Future<Reply> verification(RoutingContext context) {
    RequestBody body = RequestBody.of(context, Set.of("points", "all"));
    List<String> wanted = body.texts("points");
    if (body.flag("all") == !wanted.isEmpty()) {
      throw new BadRequest(
          "A verification needs either points or \"all\": true: name one of the two.");
    }
    Future<List<String>> ids =
        Future.all(wanted.stream().map(id -> points.find(id)).toList())
            .map(all ->
                all.<io.tidemark.catalog.point.Point>list().stream()
                    .map(point -> point.id())
                    .distinct()
                    .toList());
    return accepted(ids.compose(found -> services.verifications().submit(Ids.random(), found)));
  }

  private Future<Reply> accepted(Future<String> submitted) {
    return submitted.compose(jobs::get).map(Reply::accepted);
  }

  private static RestoreRequested of(String pointId, RestoreRequested request) {
    return new RestoreRequested(
        request.restoreId(), pointId, request.directory(), request.disks(), request.overwrite());
  }
}
