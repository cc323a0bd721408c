import type {LagState} from '../model/rows/lag.ts';
import type {Progress} from '../model/subscription.ts';

/** What a verdict rests on: one look at a partition, or two. */
export interface Evidence {
  readonly now: Look;
  /** An earlier look at the same partition; `null` with one look only. */
  readonly before: Look | null;
  /** Members connected; `null` is unknown. */
  readonly members: number | null;
  /** How long the destination keeps messages; `null` without such a limit or where it is not known. */
  readonly retentionMs: number | null;
}

export type Look = Pick<
  Progress,
  'position' | 'first' | 'end' | 'lag' | 'lost' | 'inFlight' | 'flags' | 'asOf' | 'problem'
> & {
  /** Age of the first unread message; `null` where it was not asked for or is not known. */
  readonly ageSeconds: number | null;
};

export interface Verdict {
  readonly state: LagState;
  readonly readPerSecond: number | null;
  readonly addedPerSecond: number | null;
  readonly lossInSeconds: number | null;
  readonly drainInSeconds: number | null;
}

/** A loss nearer than this is worth waking someone for; one further off is a matter of falling behind. */
const lossHorizonSeconds = 86_400;

/**
 * Judges one partition of one subscription. Two looks count only where the broker's figures were taken at different times:
 * statistics that have not been renewed, and a look that failed, leave one look.
 */
export function judge(evidence: Evidence): Verdict {
  const {now, before, retentionMs} = evidence;
  const seconds =
    before === null || before.problem !== undefined ? 0 : (now.asOf.getTime() - before.asOf.getTime()) / 1000;
  if (before === null || seconds <= 0) {
    const state = atOnce(evidence) ?? (caughtUp(now) ? 'ok' : 'unknown');
    return {state, readPerSecond: null, addedPerSecond: null, lossInSeconds: null, drainInSeconds: null};
  }
  const read = moved(before.position, now.position);
  const lossInSeconds = lossIn(before, now, seconds, retentionMs);
  return {
    state: overTime(evidence, before, lossInSeconds),
    readPerSecond: read === null || read < 0 ? null : read / seconds,
    addedPerSecond: perSecond(moved(before.end, now.end), seconds),
    lossInSeconds,
    drainInSeconds: drainIn(before.lag, now.lag, seconds),
  };
}

/** The state of several partitions together: that of the one most in need of someone. */
export function worst(states: readonly LagState[]): LagState {
  return urgency.find(state => states.includes(state)) ?? 'unknown';
}

/** Most urgent first. `unknown` comes before everything that would read as being well. */
const urgency: readonly LagState[] = [
  'losing',
  'lost',
  'stalled',
  'stopped',
  'no-members',
  'no-cursor',
  'rewound',
  'falling-behind',
  'unknown',
  'catching-up',
  'ok',
  'idle',
];

/** What one look is enough for; `null` where only time can tell. */
function atOnce({now, members}: Evidence): LagState | null {
  if (now.problem !== undefined) return 'unknown';
  if (now.flags.includes('lost') || (now.lost ?? 0) > 0) return 'lost';
  if (now.flags.includes('pastEnd')) return 'rewound';
  if (now.lag === null) return now.ageSeconds === 0 ? null : 'unknown';
  if (now.lag > 0 && now.flags.includes('noCursor')) return 'no-cursor';
  if (members === 0) return now.lag > 0 ? 'no-members' : 'idle';
  return null;
}

function overTime(evidence: Evidence, before: Look, lossInSeconds: number | null): LagState {
  const {now, members} = evidence;
  const lostMore = now.lost !== null && before.lost !== null && now.lost > before.lost;
  if (lostMore || (lossInSeconds !== null && lossInSeconds <= lossHorizonSeconds)) return 'losing';
  const certain = atOnce(evidence);
  if (certain !== null && certain !== 'idle') return certain;
  const read = moved(before.position, now.position);
  if (read !== null && read < 0) return 'rewound';
  if (caughtUp(now)) return certain ?? (unchanged(before.end, now.end) ? 'idle' : 'ok');
  // All there was at the first look has been read: what is unread now came since.
  if (now.position === null ? before.lag === 0 : (moved(before.end, now.position) ?? -1) >= 0) return 'ok';
  if (standsStill(before, now)) return members === null ? 'stopped' : 'stalled';
  if (now.lag === null || before.lag === null) return 'unknown';
  if (now.lag !== before.lag) return now.lag < before.lag ? 'catching-up' : 'falling-behind';
  return now.position === null ? 'unknown' : 'ok';
}

function caughtUp({lag, ageSeconds}: Look): boolean {
  return lag === null ? ageSeconds === 0 : lag === 0;
}

/**
 * The cursor did not move. A queue has no cursor: there it is the waiting and the delivered messages, of which neither
 * changed by one.
 */
function standsStill(before: Look, now: Look): boolean {
  if (now.position !== null) return unchanged(before.position, now.position);
  return now.lag !== null && now.lag === before.lag && now.inFlight !== null && now.inFlight === before.inFlight;
}

function unchanged(before: string | null, now: string | null): boolean {
  return now !== null && before === now;
}

/** How far a place moved, where places are whole numbers; else `null`. */
function moved(before: string | null, now: string | null): number | null {
  if (before === null || now === null || !/^\d+$/.test(before) || !/^\d+$/.test(now)) return null;
  return Number(BigInt(now) - BigInt(before));
}

function perSecond(count: number | null, seconds: number): number | null {
  return count === null || count < 0 ? null : count / seconds;
}

function drainIn(before: number | null, now: number | null, seconds: number): number | null {
  if (now === 0) return 0;
  if (now === null || before === null || now >= before) return null;
  return (now * seconds) / (before - now);
}

/**
 * When the first message held passes the cursor at the present rate: by the numbers of both where they are numbers, and by
 * the age of the first unread message where messages are kept for a time. The sooner of the two.
 */
function lossIn(before: Look, now: Look, seconds: number, retentionMs: number | null): number | null {
  if (caughtUp(now)) return null;
  const found: number[] = [];
  const room = moved(now.first, now.position);
  const [removed, read] = [moved(before.first, now.first), moved(before.position, now.position)];
  if (room !== null && room >= 0 && removed !== null && read !== null && removed > Math.max(read, 0))
    found.push((room * seconds) / (removed - Math.max(read, 0)));
  if (retentionMs !== null && now.ageSeconds !== null && before.ageSeconds !== null) {
    const older = now.ageSeconds - before.ageSeconds;
    const left = Math.max(0, retentionMs / 1000 - now.ageSeconds);
    if (older > 0) found.push((left * seconds) / older);
  }
  return found.length === 0 ? null : Math.min(...found);
}
