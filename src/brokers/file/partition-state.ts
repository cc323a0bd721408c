import {join} from 'node:path';
import {optionalCount, optionalList, optionalObject, readJson, text, writeJson} from './json-file.ts';
import {isAlive, parseOwner, type Owner} from './owner.ts';
import {formatRanges, parseRanges, subtract, union, type Ranges} from './ranges.ts';

/** What the segments do not say of a partition. All of it changes at once, by one rename. */
export interface PartitionState {
  /** Messages before it are gone; kept so that positions go on counting when every segment is. */
  readonly start: number;
  /** Single messages after `start` that are gone: purged by position, or accepted by a taker. */
  readonly removed: Ranges;
  readonly claims: readonly Claim[];
  /** How often a message has been given to a taker, for those that were. */
  readonly deliveries: ReadonlyMap<number, number>;
}

/** Messages in the hands of one taker. */
export interface Claim {
  readonly owner: Owner;
  /** When it lapses if nobody can tell whether the owner lives, because it is on another machine. */
  readonly expires: Date;
  readonly positions: Ranges;
}

const fresh: PartitionState = {start: 0, removed: [], claims: [], deliveries: new Map()};

const file = (folder: string) => join(folder, 'state.json');

/** @throws {Failure} `data` */
export async function readState(folder: string): Promise<PartitionState> {
  const state = await readJson(file(folder), fields => ({
    start: optionalCount(fields, 'start') ?? 0,
    removed: parseRanges(optionalList(fields, 'removed')),
    claims: optionalList(fields, 'claims').map(parseClaim),
    deliveries: parseDeliveries(optionalObject(fields, 'deliveries')),
  }));
  return state ?? fresh;
}

/** Stores the state in its shortest form: what lies before `start` is forgotten, and `start` moves over what is removed. */
export async function writeState(folder: string, state: PartitionState, {sync = true} = {}): Promise<PartitionState> {
  const first = state.removed.find(([from, to]) => from <= state.start && state.start < to);
  const start = first ? first[1] : state.start;
  const before: Ranges = [[0, start]];
  const kept: PartitionState = {
    start,
    removed: subtract(state.removed, before),
    claims: state.claims
      .map(claim => ({...claim, positions: subtract(claim.positions, union(state.removed, before))}))
      .filter(claim => claim.positions.length > 0),
    deliveries: new Map([...state.deliveries].filter(([position]) => position >= start)),
  };
  await writeJson(
    file(folder),
    {
      start,
      removed: formatRanges(kept.removed),
      claims: kept.claims.map(claim => ({...claim, positions: formatRanges(claim.positions)})),
      deliveries: Object.fromEntries(kept.deliveries),
    },
    {sync},
  );
  return kept;
}

/** A claim counts while its owner lives, or until it lapses where nobody can tell. */
export function isLive(claim: Claim, now: Date): boolean {
  return isAlive(claim.owner) ?? claim.expires > now;
}

/** All that is in the hands of live takers. */
export function claimed(state: PartitionState, now: Date): Ranges {
  return union(
    state.claims.filter(claim => isLive(claim, now)).flatMap(claim => claim.positions),
    [],
  );
}

function parseClaim(json: unknown): Claim {
  if (typeof json !== 'object' || json === null) throw new TypeError('a claim is not an object');
  const fields: Readonly<Record<string, unknown>> = {...json};
  const expires = new Date(text(fields, 'expires'));
  if (Number.isNaN(expires.getTime())) throw new TypeError('"expires" is not a time');
  return {owner: parseOwner(fields.owner), expires, positions: parseRanges(optionalList(fields, 'positions'))};
}

function parseDeliveries(json: Readonly<Record<string, unknown>>): ReadonlyMap<number, number> {
  return new Map(
    Object.keys(json).map(position => {
      if (!/^\d+$/.test(position)) throw new TypeError(`"deliveries" names ${JSON.stringify(position)}, no position`);
      return [Number(position), optionalCount(json, position) ?? 0];
    }),
  );
}
