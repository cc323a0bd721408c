/*
 * Kafka has no dead-letter destinations of its own, so frameworks name topics by convention. Suffixes: Spring Kafka (-dlt,
 * .DLT), Kafka Connect's and others' usual names (-dlq, .dlq, _dlq, -error, -deadletter). Prefixes: Spring Cloud Stream
 * (error.TOPIC.GROUP), SmallRye (dead-letter-topic-CHANNEL), share groups (dlq.).
 */
const suffix = /^(.+?)([-._](?:dlt|dlq|dead|dead-?letters?|errors?))$/i;
const prefix = /^(dlq[.-]|error\.|dead-letter-topic-)(.+)$/i;

export interface DeadLetterName {
  /** The topic that the name is made from, where there is such a topic. */
  readonly source: string | null;
  /** The part of the name that tells, such as `name .DLT`. */
  readonly foundBy: string;
}

/** Reads a topic's name as a dead-letter topic's; `null` when it is not one. `exists` says whether there is such a topic. */
export function deadLetterName(name: string, exists: (topic: string) => boolean): DeadLetterName | null {
  const ending = suffix.exec(name);
  if (ending?.[1] !== undefined && ending[2] !== undefined) {
    return {source: exists(ending[1]) ? ending[1] : null, foundBy: `name ${ending[2]}`};
  }
  const beginning = prefix.exec(name);
  if (beginning?.[1] !== undefined && beginning[2] !== undefined) {
    return {source: longestPrefix(beginning[2], exists), foundBy: `name ${beginning[1]}`};
  }
  return null;
}

/** `orders.eu.billing` is topic `orders.eu` and group `billing`, if there is such a topic; else topic `orders`. */
function longestPrefix(rest: string, exists: (topic: string) => boolean): string | null {
  for (let end = rest.length; end > 0; end = rest.lastIndexOf('.', end - 1)) {
    const topic = rest.slice(0, end);
    if (exists(topic)) return topic;
  }
  return null;
}
