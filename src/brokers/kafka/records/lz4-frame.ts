const frameMagic = 0x184d2204;
const maxBlockBytes: readonly number[] = [0, 0, 0, 0, 65_536, 262_144, 1_048_576, 4_194_304];

/**
 * The most that an LZ4 frame can unpack to, from its block sizes: asked before unpacking, because a few bytes may stand for
 * megabytes and the unpacker takes what it needs.
 * @throws {Error} when it is no LZ4 frame or is cut off
 */
export function unpackedAtMost(data: Buffer): number {
  if (data.length < 11 || data.readUInt32LE(0) !== frameMagic) throw new Error('not an LZ4 frame');
  const flags = data.readUInt8(4);
  const blockBytes = maxBlockBytes[(data.readUInt8(5) >>> 4) & 7] ?? 0;
  const checksumBytes = flags & 0x10 ? 4 : 0;
  // Magic, flags, block size, then the content size and dictionary id where the flags say so, and the header's checksum.
  let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  for (let total = 0; ;) {
    if (at + 4 > data.length) throw new Error('the LZ4 frame is cut off');
    const word = data.readUInt32LE(at);
    if (word === 0) return total;
    const stored = word >= 0x80000000;
    const length = word & 0x7fffffff;
    total += stored ? length : Math.min(blockBytes, length * 255);
    at += 4 + length + checksumBytes;
  }
}
