import {Failure} from '../../model/failure.ts';
import {formatPosition, type Position} from '../../model/position.ts';
import {afterHeld, countHeld, recordsOf, type PartitionView} from './partition.ts';

/** Where a read begins or ends in a partition: within [start, end]. @throws {Failure} `usage`, `data` (looking for a time) */
export async function resolvePosition(view: PartitionView, position: Position, signal: AbortSignal): Promise<number> {
  switch (position.at) {
    case 'earliest':
      return view.start;
    case 'latest':
      return view.end;
    case 'offset':
    case 'native':
      return clamp(parseToken(position), view.start, view.end);
    case 'time':
      return firstAt(view, position.time, signal);
    case 'shift': {
      const by = clamp(Number(position.by), -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      return afterHeld(view, Math.max(0, by < 0 ? countHeld(view, view.start, view.end) + by : by));
    }
  }
}

/** The number in a position that names a place. @throws {Failure} `usage` */
export function parseToken(position: Extract<Position, {at: 'offset' | 'native'}>): number {
  const number = position.at === 'offset' ? Number(position.offset) : Number(position.token);
  if (position.at === 'native' && !/^\d+$/.test(position.token)) {
    throw new Failure('usage', `"${formatPosition(position)}" is not a position of a file broker`, {
      hints: ['Its positions are whole numbers, as brokerctl peek prints them.'],
    });
  }
  return number;
}

/** The first message at or after a time, by the message's own time or else the broker's; the end when all are before it. */
export async function firstAt(view: PartitionView, time: Date, signal: AbortSignal): Promise<number> {
  for await (const {position, stored, message} of recordsOf(view, view.start, view.end, signal)) {
    if ((message.timestamp ?? stored) >= time) return position;
  }
  return view.end;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
