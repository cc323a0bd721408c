import {createServer, connect} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {WireReader} from '../../../src/brokers/kafka/wire/wire-reader.ts';
import {WireWriter} from '../../../src/brokers/kafka/wire/wire-writer.ts';

/** Newest version of each API (by key) that the server shall admit to; `null` hides the API. */
export type Limits = ReadonlyMap<number, number | null>;

/**
 * What an old server speaks, from a new one: a relay in front of a real broker, which lowers the versions in its
 * ApiVersions answers and puts its own port wherever the broker names its own. The broker answers all the rest itself.
 * @param isLost whether the answer to a request (by its API key) is lost with the connection, once the broker has given it
 */
export async function oldServer(
  port: number,
  limits: Limits,
  isLost: (api: number) => boolean = () => false,
): Promise<{port: number; close(): void}> {
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const broker = connect(port, '127.0.0.1');
    const asked = new Map<number, number>();
    sockets.add(client).add(broker);
    client.on(
      'data',
      frames(frame => {
        asked.set(frame.readInt32BE(4), frame.readInt16BE(0));
        broker.write(framed(frame));
      }),
    );
    broker.on(
      'data',
      frames(frame => {
        const api = asked.get(frame.readInt32BE(0)) ?? -1;
        if (isLost(api)) {
          client.destroy();
          return;
        }
        const answer = api === 18 ? lowered(frame, limits) : frame;
        client.write(framed(renamed(answer, port, (server.address() as AddressInfo).port)));
      }),
    );
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Cuts a stream into the protocol's frames, without their lengths. */
function frames(take: (frame: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return data => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(Buffer.from(rest.subarray(4, end)));
      rest = rest.subarray(end);
    }
  };
}

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

function lowered(frame: Buffer, limits: Limits): Buffer {
  const input = new WireReader(frame, false);
  const [correlation, error] = [input.int32(), input.int16()];
  const versions = input.array(() => ({key: input.int16(), min: input.int16(), max: input.int16()}));
  const out = new WireWriter(false);
  out.int32(correlation);
  out.int16(error);
  out.array(
    versions.filter(({key}) => limits.get(key) !== null),
    ({key, min, max}) => {
      out.int16(key);
      out.int16(min);
      out.int16(Math.min(max, limits.get(key) ?? max));
    },
  );
  return out.bytesWritten();
}

/** Puts our port after each host name that the broker gives as its own. */
function renamed(frame: Buffer, from: number, to: number): Buffer {
  const place = Buffer.concat([Buffer.from('127.0.0.1'), port32(from)]);
  const copy = Buffer.from(frame);
  for (let at = copy.indexOf(place); at >= 0; at = copy.indexOf(place, at + 1)) port32(to).copy(copy, at + 9);
  return copy;
}

function port32(port: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(port);
  return bytes;
}
