/** Where and when one key was met. */
export interface KeyPlace {
  readonly partition: string | null;
  readonly count: number;
  /** Milliseconds since 1970 of the earliest and the latest message there; `null` when one has no time. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

export type PlacesVerdict = 'partitions-changed' | 'mixed-partitioners' | 'key-on-several-partitions';

/** So many keys must have moved at one moment before it is called a change. */
const leastMoved = 3;

/**
 * Why keys are on several partitions; `null` when none is. A partitioner sends a key to one partition as long as their
 * number stays. So a key that goes to and fro has producers that disagree, and keys that all moved between the same two
 * moments, and did not go back, moved when partitions were added. A few messages may fit both: then neither is said.
 * @param keys the places of each key
 */
export function judgePlaces(keys: readonly (readonly KeyPlace[])[]): PlacesVerdict | null {
  const several = keys.filter(places => places.length > 1).map(places => places.map(timed));
  if (several.length === 0) return null;
  if (several.some(goesToAndFro)) return 'mixed-partitioners';
  const moves = several.map(places => [...places].sort((a, b) => a.firstAt - b.firstAt));
  const left = moves.map(([before]) => before?.lastAt ?? Number.NaN);
  const arrived = moves.map(([, after]) => after?.firstAt ?? Number.NaN);
  // With a time unknown the comparison is with NaN, and false.
  const atOnce = Math.max(...left) <= Math.min(...arrived) && moves.every(places => places.length === 2);
  return atOnce && moves.length >= leastMoved ? 'partitions-changed' : 'key-on-several-partitions';
}

interface Stay {
  readonly firstAt: number;
  readonly lastAt: number;
}

function timed({firstAt, lastAt}: KeyPlace): Stay {
  return {firstAt: firstAt ?? Number.NaN, lastAt: lastAt ?? Number.NaN};
}

/** A message of one place lies between two of another. */
function goesToAndFro(places: readonly Stay[]): boolean {
  return places.some(one =>
    places.some(
      other =>
        other !== one &&
        ((one.firstAt < other.firstAt && other.firstAt < one.lastAt) ||
          (one.firstAt < other.lastAt && other.lastAt < one.lastAt)),
    ),
  );
}
