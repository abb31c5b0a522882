package io.tidemark.catalog.job;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The table of jobs. Deadlines are by the database's clock. */
public final class JobStore {
  private static final String INSERT =
      """
      insert into job (id, type, vm, domain_uuid, hypervisor, state, stage)
      values ($1, $2, $3, $4, $5, 'queued', 'queued') on conflict do nothing\
      """;
  private static final String ADVANCE =
      """
      update job set state = 'running', stage = $2,
        deadline_at = clock_timestamp() + make_interval(secs => $3)
      where id = $1 and ended_at is null\
      """;
  private static final String SUCCEED =
      """
      update job set state = 'succeeded', stage = $2, result = $3, reason = null,
        deadline_at = null, ended_at = clock_timestamp() where id = $1\
      """;
  private static final String FAIL =
      """
      update job set state = 'failed', stage = 'failed', reason = $2, deadline_at = null,
        ended_at = clock_timestamp() where id = $1 and ended_at is null\
      """;
  private static final String TOUCH =
      """
      update job
      set deadline_at = greatest(deadline_at, clock_timestamp() + make_interval(secs => $2))
      where id = $1 and state = 'running' and deadline_at is not null\
      """;
  private static final String OVERDUE =
      "select id from job where type = $1 and state in ('queued', 'running')"
          + " and deadline_at < statement_timestamp()";

  /**
   * A time that changes within the statement finds no index, nor do two conditions with an "or" of
   * different ones.
   */
  private static final String ACTIVE =
      """
       where id in (select id from job where state = 'queued'
        union select id from job where state = 'running'
        union select id from job where ended_at > statement_timestamp() - make_interval(secs => $1))
      order by created_at\
      """;

  private static final String SELECT =
      """
      select job.*, case when state = 'running' then coalesce((select sum(done_bytes) from shard
        where job_id = job.id), 0)::bigint else 0 end as reported_bytes from job\
      """;

  /** Records a queued job; false if there is one of that id already. */
  public Future<Boolean> insert(SqlClient client, NewJob job) {
    Tuple arguments =
        Tuple.of(
            job.id(),
            Words.of(job.type()),
            job.vm(),
            job.domainUuid().orElse(null),
            job.hypervisor().orElse(null));
    return client.preparedQuery(INSERT).execute(arguments).map(rows -> rows.rowCount() == 1);
  }

  /** Moves a job that has not ended to its next stage, with the time it has for that. */
  public Future<Void> advance(SqlClient client, String id, String stage, Duration limit) {
    return client.preparedQuery(ADVANCE).execute(Tuple.of(id, stage, seconds(limit))).mapEmpty();
  }

  /** The same without a limit: nobody else is waited for. */
  public Future<Void> advance(SqlClient client, String id, String stage) {
    return client
        .preparedQuery(
            "update job set state = 'running', stage = $2, deadline_at = null"
                + " where id = $1 and ended_at is null")
        .execute(Tuple.of(id, stage))
        .mapEmpty();
  }

  /** How many bytes the job will move. */
  public Future<Void> total(SqlClient client, String id, long bytes) {
    return client
        .preparedQuery("update job set total_bytes = $2 where id = $1")
        .execute(Tuple.of(id, bytes))
        .mapEmpty();
  }

  /** Keeps what is known of the result so far. */
  public Future<Void> result(SqlClient client, String id, JsonObject result) {
    return client
        .preparedQuery("update job set result = $2 where id = $1")
        .execute(Tuple.of(id, result))
        .mapEmpty();
  }

  /** Ends a job well. */
  public Future<Void> succeed(
      SqlClient client, String id, String stage, Optional<JsonObject> result) {
    return client
        .preparedQuery(SUCCEED)
        .execute(Tuple.of(id, stage, result.orElse(null)))
        .mapEmpty();
  }

  /** Ends a job badly, unless it has ended. */
  public Future<Void> fail(SqlClient client, String id, String reason) {
    return client.preparedQuery(FAIL).execute(Tuple.of(id, reason)).mapEmpty();
  }

  /** There is news of the job: puts its deadline off. */
  public Future<Void> touch(Database database, String id, Duration limit) {
    return database.query(TOUCH, Tuple.of(id, seconds(limit))).mapEmpty();
  }

  /** Jobs whose deadline has passed. */
  public Future<List<String>> overdue(Database database, JobType type) {
    return database
        .query(OVERDUE, Tuple.of(Words.of(type)))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }

  /** Reads a job and holds its row until the transaction ends. */
  public Future<Optional<Job>> lock(SqlClient transaction, String id) {
    return transaction
        .preparedQuery(SELECT + " where id = $1 for no key update of job")
        .execute(Tuple.of(id))
        .map(rows -> Database.first(rows, JobStore::job));
  }

  /** Reads a job and holds its row if its deadline has still passed. */
  public Future<Optional<Job>> lockOverdue(SqlClient transaction, String id) {
    return transaction
        .preparedQuery(
            SELECT
                + " where id = $1 and ended_at is null and deadline_at < clock_timestamp()"
                + " for no key update of job")
        .execute(Tuple.of(id))
        .map(rows -> Database.first(rows, JobStore::job));
  }

  /** Reads a job. */
  public Future<Optional<Job>> get(Database database, String id) {
    return database.one(SELECT + " where id = $1", Tuple.of(id), JobStore::job);
  }

  /** A page of the jobs that are wanted, newest first. */
  public Future<Page<Job>> page(
      Database database, JobFilter filter, Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending(
                SELECT,
                new PageQuery.Column("created_at", OffsetDateTime.class),
                new PageQuery.Column("id", String.class))
            .where("domain_uuid = ?", filter.domainUuid())
            .where("vm = ?", filter.vm())
            .after(cursor);
    // Words of the program's own, so that plans fit them.
    filter.state().ifPresent(state -> query.where("state = '" + Words.of(state) + "'"));
    filter.type().ifPresent(type -> query.where("type = '" + Words.of(type) + "'"));
    return database.with(client -> query.run(client, limit, JobStore::job));
  }

  /** The jobs that failed last, the last one first. */
  public Future<List<Job>> failedLast(Database database, int limit) {
    return database
        .query(
            SELECT + " where state = 'failed' order by ended_at desc, id desc limit $1",
            Tuple.of(limit))
        .map(JobStore::jobs);
  }

  /** The jobs that have not ended, the oldest first. */
  public Future<List<Job>> open(Database database, int limit) {
    return database
        .query(
            SELECT + " where state in ('queued', 'running') order by created_at, id limit $1",
            Tuple.of(limit))
        .map(JobStore::jobs);
  }

  /** Jobs that are not ended, or have been so for no longer than {@code since}. */
  public Future<List<Job>> active(Database database, Duration since) {
    return database.query(SELECT + ACTIVE, Tuple.of(seconds(since))).map(JobStore::jobs);
  }

  private static List<Job> jobs(Iterable<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(JobStore::job).toList();
  }

  private static Job job(Row row) {
    return new Job(
        row.getString("id"),
        Words.parse(JobType.class, row.getString("type")),
        row.getString("vm"),
        Optional.ofNullable(row.getString("domain_uuid")),
        Optional.ofNullable(row.getString("hypervisor")),
        Words.parse(JobState.class, row.getString("state")),
        row.getString("stage"),
        Optional.ofNullable(row.getString("reason")),
        row.getOffsetDateTime("created_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("ended_at")).map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getLong("total_bytes")),
        row.getLong("reported_bytes"),
        Optional.ofNullable(row.getJsonObject("result")));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
