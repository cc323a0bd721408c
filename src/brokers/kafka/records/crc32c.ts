const polynomial = 0x82f63b78;

/** Eight tables: the register after eight bytes is the XOR of one look-up a byte, so eight bytes cost one step. */
const tables = Array.from({length: 8}, () => new Uint32Array(256));

for (let byte = 0; byte < 256; byte++) {
  let register = byte;
  for (const table of tables) {
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ polynomial : register >>> 1;
    table[byte] = register;
  }
}

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** CRC-32C (Castagnoli), the checksum of record batches v2, as an unsigned 32-bit number. */
export function crc32c(bytes: Buffer): number {
  let crc = -1;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low = crc ^ bytes.readInt32LE(at);
    const high = bytes.readInt32LE(at + 4);
    crc =
      look(t7, low) ^
      look(t6, low >>> 8) ^
      look(t5, low >>> 16) ^
      look(t4, low >>> 24) ^
      look(t3, high) ^
      look(t2, high >>> 8) ^
      look(t1, high >>> 16) ^
      look(t0, high >>> 24);
  }
  for (; at < bytes.length; at++) crc = look(t0, crc ^ bytes.readUInt8(at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function look(table: Uint32Array, index: number): number {
  return table[index & 255] ?? 0;
}
