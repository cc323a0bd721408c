/**
 * Writes the primitive types of the Kafka protocol, big endian. A flexible writer uses the compact forms (length + 1 as an
 * unsigned varint) and tagged fields that newer API versions have (KIP-482); one codec then serves both generations.
 */
export class WireWriter {
  readonly flexible: boolean;
  #buffer = Buffer.allocUnsafe(512);
  #start = 0;
  #at = 0;
  readonly #parts: Buffer[] = [];

  constructor(flexible: boolean) {
    this.flexible = flexible;
  }

  /** All that was written, in pieces that go to the socket in order without being joined. */
  parts(): readonly Buffer[] {
    this.#cut();
    return this.#parts;
  }

  /** All that was written, as one buffer. */
  bytesWritten(): Buffer {
    return Buffer.concat(this.parts());
  }

  int8(value: number): void {
    this.#room(1);
    this.#at = this.#buffer.writeInt8(value, this.#at);
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  uint32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32BE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  /** Unsigned base-128, low bits first. */
  uvarint(value: number): void {
    this.#room(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.#buffer[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  /** Signed 32-bit, zigzag: small magnitudes of either sign are short. */
  varint(value: number): void {
    this.uvarint((value << 1) ^ (value >> 31));
  }

  /** Signed 64-bit, zigzag. */
  varlong(value: bigint): void {
    this.#room(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    while (rest > 127n) {
      this.#buffer[this.#at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }

  /** `null` where the field is nullable. */
  string(value: string | null): void {
    const length = value === null ? -1 : Buffer.byteLength(value);
    if (this.flexible) this.uvarint(length + 1);
    else this.int16(length);
    if (value === null || length === 0) return;
    this.#room(length);
    this.#at += this.#buffer.write(value, this.#at, length, 'utf8');
  }

  bytes(value: Uint8Array | null): void {
    const length = value === null ? -1 : value.length;
    if (this.flexible) this.uvarint(length + 1);
    else this.int32(length);
    if (value !== null) this.raw(value);
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** As `raw`, but large buffers are passed on and not copied: they must not change until they are sent. */
  borrow(value: Buffer): void {
    this.#cut();
    this.#parts.push(value);
  }

  /** 16 bytes from the base64url form in which Kafka prints its topic ids. */
  uuid(value: string): void {
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length !== 16) throw new Error(`not a topic id: ${value}`);
    this.raw(bytes);
  }

  array<T>(items: readonly T[] | null, write: (item: T) => void): void {
    const length = items === null ? -1 : items.length;
    if (this.flexible) this.uvarint(length + 1);
    else this.int32(length);
    for (const item of items ?? []) write(item);
  }

  /** Ends a structure: no tagged fields. Nothing in an old version. */
  tags(): void {
    if (this.flexible) this.uvarint(0);
  }

  #cut(): void {
    if (this.#at > this.#start) this.#parts.push(this.#buffer.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const written = this.#at - this.#start;
    const larger = Buffer.allocUnsafe(Math.max((written + bytes) * 2, 512));
    this.#buffer.copy(larger, 0, this.#start, this.#at);
    this.#buffer = larger;
    this.#start = 0;
    this.#at = written;
  }
}
