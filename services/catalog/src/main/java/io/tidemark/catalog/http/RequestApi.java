package io.tidemark.catalog.http;

import io.tidemark.catalog.Ids;
import io.tidemark.catalog.backup.BackupRequests;
import io.tidemark.catalog.conversion.Conversions;
import io.tidemark.catalog.restore.RestorePreviews;
import io.tidemark.catalog.restore.RestoreRequests;
import io.tidemark.catalog.store.Words;
import io.tidemark.catalog.verification.VerificationRequest;
import io.tidemark.catalog.verification.Verifications;
import io.tidemark.events.BackupKind;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.RestoreRequested;
import io.tidemark.repository.VerifyPlan;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/** What can be asked for. Each is answered with the job that does it. */
final class RequestApi {
  private final Services services;
  private final PointApi points;
  private final JobViews jobs;

  /** Who does the work. */
  record Services(
      BackupRequests backups,
      RestoreRequests restores,
      RestorePreviews previews,
      Conversions conversions,
      Verifications verifications) {}

  RequestApi(Services services, PointApi points, JobViews jobs) {
    this.services = services;
    this.points = points;
    this.jobs = jobs;
  }

  Map<String, Answer> answers() {
    return Map.of(
        "startBackup", this::backup,
        "startRestore", this::restore,
        "checkRestore", this::check,
        "startConversion", this::conversion,
        "startVerification", this::verification);
  }

  private Future<Reply> backup(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    BackupKind kind = Words.parse(BackupKind.class, body.text("kind").orElse("auto"));
    return accepted(
        services
            .backups()
            .submit(
                new BackupRequested(Ids.random(), body.required("vm"), kind, body.texts("disks"))));
  }

  private Future<Reply> conversion(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    ConversionMode mode = Words.parse(ConversionMode.class, body.text("mode").orElse("plan"));
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

  private Future<Reply> restore(RoutingContext context) {
    return restoreRequest(context)
        .compose(request -> accepted(services.restores().submit(request)));
  }

  private Future<Reply> check(RoutingContext context) {
    return restoreRequest(context)
        .compose(request -> services.previews().of(request))
        .map(preview -> Reply.ok(RestoreViews.preview(preview)));
  }

  private Future<RestoreRequested> restoreRequest(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    return points
        .find(body.required("point"))
        .map(point ->
            new RestoreRequested(
                Ids.random(),
                point.id(),
                body.text("directory"),
                body.textMap("disks"),
                body.flag("overwrite")));
  }

  private Future<Reply> verification(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
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
    VerifyPlan.Mode mode =
        body.text("mode")
            .map(word -> Words.parse(VerifyPlan.Mode.class, word))
            .orElse(VerifyPlan.Mode.FULL);
    return accepted(
        ids.compose(found ->
            services
                .verifications()
                .submit(
                    Ids.random(),
                    new VerificationRequest(found, mode, body.number("bytesPerSecond")))));
  }

  private Future<Reply> accepted(Future<String> submitted) {
    return submitted.compose(jobs::get).map(Reply::accepted);
  }
}
