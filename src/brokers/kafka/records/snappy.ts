import {compress} from 'snappyjs';

/*
 * Snappy as Kafka has it: Java frames it as xerial's stream does, librdkafka writes the plain format. The unpacking is ours
 * because snappyjs trusts what it reads: a literal length above 2^31 sends it round in a loop for ever.
 */

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, and two version numbers of 4 bytes. */
const xerialHeader = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const xerialBlockBytes = 32 * 1024;

/** Packs into xerial's frame, which every Kafka client reads. */
export function packSnappy(data: Buffer): Buffer {
  const parts: Buffer[] = [xerialHeader];
  for (let at = 0; at < data.length; at += xerialBlockBytes) {
    const block = compress(data.subarray(at, at + xerialBlockBytes));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** @throws {Error} on data that is not Snappy's, or that unpacks to more than `maxBytes` */
export function unpackSnappy(data: Buffer, maxBytes: number): Buffer {
  if (!data.subarray(0, xerialMagic.length).equals(xerialMagic)) return unpackBlock(data, maxBytes);
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = xerialHeader.length; at < data.length;) {
    if (at + 4 > data.length) throw new Error('the snappy frame is cut off');
    const length = data.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > data.length) throw new Error('the snappy frame is cut off');
    const block = unpackBlock(data.subarray(at, at + length), left);
    blocks.push(block);
    left -= block.length;
    at += length;
  }
  return Buffer.concat(blocks);
}

function unpackBlock(data: Buffer, maxBytes: number): Buffer {
  let at = 0;
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = data[at++];
    if (byte === undefined || scale > 2 ** 28) throw new Error('the snappy length is cut off');
    length += (byte & 127) * scale;
    if (byte < 128) break;
  }
  // A copy of 64 bytes takes 3, so nothing honest grows more than 22-fold: no memory is set aside for a damaged length.
  if (length > maxBytes || length > data.length * 22)
    throw new Error(`snappy data of ${length} bytes is not plausible`);
  const out = Buffer.allocUnsafe(length);
  let to = 0;
  while (at < data.length) {
    const tag = data.readUInt8(at++);
    const kind = tag & 3;
    if (kind === 0) {
      let run = (tag >>> 2) + 1;
      if (run > 60) {
        const width = run - 60;
        need(at + width <= data.length);
        run = data.readUIntLE(at, width) + 1;
        at += width;
      }
      need(at + run <= data.length && to + run <= length);
      data.copy(out, to, at, at + run);
      at += run;
      to += run;
      continue;
    }
    const width = kind === 3 ? 4 : kind;
    need(at + width <= data.length);
    const run = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const back = data.readUIntLE(at, width) + (kind === 1 ? (tag >>> 5) << 8 : 0);
    at += width;
    need(back > 0 && back <= to && to + run <= length);
    // A copy may overlap what it writes, and then repeats it: byte by byte, in order.
    if (back >= run) out.copy(out, to, to - back, to - back + run);
    else for (let index = to; index < to + run; index++) out[index] = out[index - back] ?? 0;
    to += run;
  }
  need(to === length);
  return out;
}

function need(holds: boolean): void {
  if (!holds) throw new Error('the snappy data is damaged');
}
