/*
 * Just enough of Avro and Protobuf to write a record: the demo holds bodies of both, and reading them takes the real
 * decoders.
 */

/** Avro's and Protobuf's variable-length integer, 7 bits a byte, the lowest first. */
function varint(value: bigint): number[] {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...out, Number(rest)];
    out.push(Number(rest & 127n) | 128);
  }
}

function double(value: number): number[] {
  const out = Buffer.alloc(8);
  out.writeDoubleLE(value);
  return [...out];
}

/** Avro binary: fields follow one another without a name. */
export const avro = {
  long: (value: number | bigint) => varint((BigInt(value) << 1n) ^ (BigInt(value) >> 63n)),
  double,
  string: (value: string) => [...avro.long(Buffer.byteLength(value)), ...Buffer.from(value)],
  /** The branch of a union, by its place, and its value. */
  union: (branch: number, value: readonly number[]) => [...avro.long(branch), ...value],
};

/** Confluent's wire format: a zero, the registry's schema id, then Avro. */
export function confluent(schemaId: number, fields: readonly number[]): Uint8Array {
  const out = Buffer.from([0, 0, 0, 0, 0, ...fields]);
  out.writeInt32BE(schemaId, 1);
  return new Uint8Array(out);
}

/** Avro's single-object encoding: a marker, the fingerprint of the schema in parsing canonical form, then Avro. */
export function singleObject(canonicalSchema: string, fields: readonly number[]): Uint8Array {
  const out = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, ...fields]);
  out.writeBigUInt64LE(fingerprint(canonicalSchema), 2);
  return new Uint8Array(out);
}

/** CRC-64-AVRO, as the Avro specification gives it. */
function fingerprint(text: string): bigint {
  const empty = 0xc15d213aa4d7a795n;
  let hash = empty;
  for (const byte of Buffer.from(text)) {
    hash ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) hash = (hash >> 1n) ^ (hash & 1n ? empty : 0n);
  }
  return hash;
}

/** Protobuf: each field is its number and wire type, then its value. */
export const protobuf = {
  varint: (field: number, value: number | bigint) => [...varint(BigInt(field << 3)), ...varint(BigInt(value))],
  double: (field: number, value: number) => [...varint(BigInt((field << 3) | 1)), ...double(value)],
  string: (field: number, value: string) => [
    ...varint(BigInt((field << 3) | 2)),
    ...varint(BigInt(Buffer.byteLength(value))),
    ...Buffer.from(value),
  ],
};
