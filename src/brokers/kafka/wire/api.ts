import type {WireReader} from './wire-reader.ts';
import type {WireWriter} from './wire-writer.ts';

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** One API of the Kafka protocol, for a range of its versions. Its file has the request's and response's shapes. */
export interface Api<Request, Response> {
  readonly name: string;
  readonly key: number;
  /** The versions that this codec speaks. */
  readonly versions: VersionRange;
  /** The first version with compact types and tagged fields; `Infinity` where none of ours has. */
  readonly flexibleFrom: number;
  /** The lane of all its requests. @see SendOptions */
  readonly lane?: 'bulk';
  encode(out: WireWriter, request: Request, version: number): void;
  /** @throws {Failure} `data` on an answer that is not of this shape */
  decode(input: WireReader, version: number): Response;
}

/** The version to use with a server, `null` when it shares none with us: it may be too old, and too new as well (KIP-896). */
export function negotiate(ours: VersionRange, server: VersionRange | undefined): number | null {
  if (!server) return null;
  const version = Math.min(ours.max, server.max);
  return version >= ours.min && version >= server.min ? version : null;
}
