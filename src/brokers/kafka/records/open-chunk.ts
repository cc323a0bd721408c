import type {Chunk} from './chunk.ts';
import {damaged} from './damaged.ts';
import {openMessage} from './message-set.ts';
import {openRecordBatch} from './record-batch.ts';
import type {OpenBatch} from './record.ts';

/** Checks and unpacks a chunk of any format. @throws {Failure} `data` */
export async function openChunk(chunk: Chunk): Promise<OpenBatch> {
  switch (chunk.magic) {
    case 2:
      return openRecordBatch(chunk.bytes);
    case 1:
    case 0:
      return openMessage(chunk);
    default:
      throw damaged(`brokerctl does not know message format ${chunk.magic}`);
  }
}
