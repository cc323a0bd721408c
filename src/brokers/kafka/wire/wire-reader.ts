import {Failure} from '../../../model/failure.ts';

/**
 * Reads the primitive types of the Kafka protocol; the counterpart of `WireWriter`. Every read is checked against the
 * bytes that are left, so that a truncated or foreign answer ends in a Failure and never in a long loop.
 */
export class WireReader {
  readonly flexible: boolean;
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer, flexible: boolean) {
    this.#buffer = buffer;
    this.flexible = flexible;
  }

  get left(): number {
    return this.#buffer.length - this.#at;
  }

  int8(): number {
    return this.#buffer.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#take(1));
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    throw malformed('a varint of more than five bytes');
  }

  varint(): number {
    const value = this.uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  varlong(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#buffer.readUInt8(this.#take(1));
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw malformed('a varlong of more than ten bytes');
  }

  string(): string {
    return this.nullableString() ?? fail('null where a text must be');
  }

  nullableString(): string | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) return null;
    const start = this.#take(length);
    return this.#buffer.toString('utf8', start, start + length);
  }

  /** A view of the answer's own memory, not a copy. */
  bytes(): Buffer | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int32();
    return length < 0 ? null : this.raw(length);
  }

  raw(length: number): Buffer {
    const start = this.#take(length);
    return this.#buffer.subarray(start, start + length);
  }

  /** A topic id in the base64url form in which Kafka prints it. */
  uuid(): string {
    return this.raw(16).toString('base64url');
  }

  array<T>(read: () => T): T[] {
    return this.nullableArray(read) ?? [];
  }

  nullableArray<T>(read: () => T): T[] | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int32();
    if (length < 0) return null;
    // No element is shorter than one byte, so a longer array is not Kafka's.
    if (length > this.left) throw malformed(`an array of ${length} elements in ${this.left} bytes`);
    const items: T[] = [];
    for (let index = 0; index < length; index++) items.push(read());
    return items;
  }

  /** Ends a structure. Tagged fields named in `known` are read from a reader of their own, others are skipped. */
  tags(known: Readonly<Record<number, (field: WireReader) => void>> = {}): void {
    if (!this.flexible) return;
    for (let count = this.uvarint(); count > 0; count--) {
      const tag = this.uvarint();
      const field = this.raw(this.uvarint());
      known[tag]?.(new WireReader(field, true));
    }
  }

  #take(bytes: number): number {
    const start = this.#at;
    if (bytes < 0 || start + bytes > this.#buffer.length) {
      throw malformed(`${bytes} bytes wanted where ${this.left} are left`);
    }
    this.#at += bytes;
    return start;
  }
}

function malformed(what: string): Failure {
  return new Failure('data', "The broker's answer could not be read", {
    broker: what,
    hints: ['Check that the address is a Kafka broker, and report this with BROKERCTL_DEBUG=1 output if it is.'],
  });
}

function fail(what: string): never {
  throw malformed(what);
}
