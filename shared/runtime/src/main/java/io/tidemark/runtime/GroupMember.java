package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A consumer that shares topics with the others of its group. */
final class GroupMember extends KafkaEventConsumer {
  private final Map<String, Object> config;
  private final Set<String> topicNames;
  private final String group;

  GroupMember(KafkaParts parts, String group, List<Topic> topics, DeadLetters deadLetters) {
    super(parts, topics, deadLetters);
    this.config = parts.settings().groupMember(group);
    this.topicNames = topics.stream().map(Topic::topicName).collect(Collectors.toSet());
    this.group = group;
  }

  @Override
  public EventConsumer fromNow() {
    throw new IllegalStateException(
        "a member of the group " + group + " starts where the group stopped, not now");
  }

  @Override
  Future<Void> begin() {
    return open(config, true).subscribe(topicNames);
  }
}
