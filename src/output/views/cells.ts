import {formatSeconds} from '../../model/duration.ts';

/** `null` where the thing does not exist for this broker. */
export function countCell(count: number | null): string {
  return count === null ? '-' : String(count);
}

/** A count that the command is about: `null` means that it could not be learnt. */
export function knownCell(count: number | null): string {
  return count === null ? 'unknown' : String(count);
}

export function secondsCell(seconds: number | null): string {
  return seconds === null ? '-' : formatSeconds(seconds);
}

/** `950 B 1.2 KiB 3.4 GiB`. */
export function bytesCell(bytes: number | null): string {
  if (bytes === null) return '-';
  let size = bytes;
  let unit = 'B';
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  return unit === 'B' || size >= 100 ? `${Math.round(size)} ${unit}` : `${size.toFixed(1)} ${unit}`;
}

export function rateCell(perSecond: number | null): string {
  if (perSecond === null) return '-';
  return perSecond >= 100 || perSecond === 0 ? `${Math.round(perSecond)}/s` : `${Number(perSecond.toPrecision(2))}/s`;
}

/** UTC to the second; JSON has the milliseconds. */
export function timeCell(time: Date | null): string {
  return time === null ? '-' : `${time.toISOString().slice(0, 19)}Z`;
}
