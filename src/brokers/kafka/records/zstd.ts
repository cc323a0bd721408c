import * as zlib from 'node:zlib';
import type {Codec} from './codec.ts';

interface NodeZstd {
  zstdCompressSync(data: Buffer): Buffer;
  zstdDecompressSync(data: Buffer, options: {maxOutputLength: number}): Buffer;
}

/** Node has zstd from 22.15 and 23.8 on; before them it is WebAssembly. */
export async function loadZstd(): Promise<Codec> {
  if ('zstdDecompressSync' in zlib) {
    const node = zlib as unknown as NodeZstd;
    return {
      pack: data => node.zstdCompressSync(data),
      unpack: (data, maxBytes) => node.zstdDecompressSync(data, {maxOutputLength: maxBytes}),
    };
  }
  const {compress, decompress, init} = await import('@bokuweb/zstd-wasm');
  await init();
  return {
    pack: data => asBuffer(compress(data)),
    unpack(data, maxBytes) {
      const size = contentSize(data);
      if (size !== null && size > maxBytes) throw new Error(`the zstd data says that it unpacks to ${size} bytes`);
      // Java streams its frames, with no size in their headers: the room is doubled until they fit.
      for (let room = Math.min(Math.max(data.length * 4, 65_536), maxBytes); ; room = Math.min(room * 2, maxBytes)) {
        try {
          return asBuffer(decompress(data, {defaultHeapSize: room}));
        } catch (error) {
          const tooSmall = error instanceof Error && error.message.endsWith('code -70');
          if (!tooSmall || size !== null || room === maxBytes) throw error;
        }
      }
    },
  };
}

/**
 * The size that a frame's header states, `null` where it states none (RFC 8878, 3.1.1.1).
 * @throws {Error} when it is no zstd frame
 */
function contentSize(data: Buffer): number | null {
  if (data.length < 6 || data.readUInt32LE(0) !== 0xfd2fb528) throw new Error('not a zstd frame');
  const descriptor = data.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  const flag = descriptor >>> 6;
  if (flag === 0 && !single) return null;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const width = [1, 2, 4, 8][flag] ?? 1;
  if (data.length < at + width) throw new Error('the zstd frame is cut off');
  if (width === 8) return Number(data.readBigUInt64LE(at));
  return data.readUIntLE(at, width) + (width === 2 ? 256 : 0);
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
