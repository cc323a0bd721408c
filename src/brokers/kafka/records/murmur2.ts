const m = 0x5bd1e995;
const seed = 0x9747b28c;

/**
 * The partition that Kafka's Java producer gives a key: murmur2 of its bytes, made positive, modulo the number of
 * partitions. librdkafka's own default differs (CRC-32); it has `murmur2_random` for this one.
 */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** 32-bit murmur2 with the seed that Kafka uses, as a signed number. */
export function murmur2(key: Uint8Array): number {
  const data = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const whole = data.length & ~3;
  let hash = seed ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), m);
    word = Math.imul(word ^ (word >>> 24), m);
    hash = Math.imul(hash, m) ^ word;
  }
  const rest = data.length - whole;
  if (rest > 0) hash = Math.imul(hash ^ data.readUIntLE(whole, rest), m);
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return hash ^ (hash >>> 15);
}
