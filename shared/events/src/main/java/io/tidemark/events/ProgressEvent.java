package io.tidemark.events;

/** What workers say of the moment: nobody looks it up later. */
public sealed interface ProgressEvent extends Event
    permits ShardProgress, ShardsWaiting, ShardsWanted {

  @Override
  default Topic topic() {
    return Topic.PROGRESS;
  }
}
