import {gunzipSync, gzipSync} from 'node:zlib';

/** The codecs of Kafka, at the number that a batch's attributes have for each. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CodecName = (typeof codecNames)[number];

export interface Codec {
  readonly pack: (data: Buffer) => Buffer;
  /** @throws {Error} on damaged data, and on more than `maxBytes` */
  readonly unpack: (data: Buffer, maxBytes: number) => Buffer;
}

const loaders: Readonly<Record<CodecName, () => Promise<Codec>>> = {
  none: async () => ({pack: data => data, unpack: data => data}),
  gzip: async () => ({
    pack: data => gzipSync(data),
    unpack: (data, maxBytes) => gunzipSync(data, {maxOutputLength: maxBytes}),
  }),
  snappy: async () => {
    const {packSnappy, unpackSnappy} = await import('./snappy.ts');
    return {pack: packSnappy, unpack: unpackSnappy};
  },
  lz4: async () => {
    const {compressFrameSync, decompressFrameSync} = await import('lz4-napi');
    const {unpackedAtMost} = await import('./lz4-frame.ts');
    return {
      pack: data => compressFrameSync(data),
      unpack(data, maxBytes) {
        const most = unpackedAtMost(data);
        if (most > maxBytes) throw new Error(`the LZ4 data may unpack to ${most} bytes`);
        return decompressFrameSync(data);
      },
    };
  },
  zstd: async () => (await import('./zstd.ts')).loadZstd(),
};

const loaded = new Map<CodecName, Promise<Codec>>();

/** Loads a codec when it is first met: most topics use one, and none of their packages is needed to see figures. */
export function loadCodec(name: CodecName): Promise<Codec> {
  let codec = loaded.get(name);
  if (!codec) {
    codec = loaders[name]();
    loaded.set(name, codec);
  }
  return codec;
}

export function isCodecName(word: unknown): word is CodecName {
  return codecNames.some(name => name === word);
}
