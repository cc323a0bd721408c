import type {ConfirmChannel} from 'amqplib';

/*
 * The two places where we go below the client library's codec, because it changes what it carries (field-table.ts says how):
 * messages that come in keep the raw bytes of their properties, and messages that go out are given as raw bytes. What is
 * used of the library's inside is named in the two interfaces; its version is pinned.
 */

interface Frame {
  readonly id: number;
  readonly channel: number;
  readonly size: number;
  readonly fields: {readonly raw: Buffer};
}

/** What we use of the library's Connection. */
interface Connection {
  readonly frameMax: number;
  readonly channels: readonly ({readonly buffer: {write(bytes: Buffer): boolean}} | null | undefined)[];
  sentSinceLastCheck: boolean;
  readonly stream: {destroy(error: Error): void};
  /** Received and not yet read as frames. */
  rest: Buffer;
  recvFrame(): unknown;
}

/** What we use of the library's ConfirmChannel. */
interface Confirming {
  readonly ch: number;
  readonly connection: Connection;
  pushConfirmCallback(callback: (error: Error | null) => void): void;
}

const frameOverhead = 8;
const frameEnd = 0xce;
const methodFrame = 1;
const headerFrame = 2;
const bodyFrame = 3;
const basicClass = 60;
const basicPublish = 40;
/** The content header's class, weight and body size stand before the properties. */
const contentHeaderBytes = 12;

/** From here on, `properties` of each message that comes in is `{raw}`: the bytes that `decodeProperties` reads. */
export function keepRawProperties(opened: unknown): void {
  const connection = opened as Connection;
  const receive = connection.recvFrame.bind(connection);
  connection.recvFrame = () => takeContentHeader(connection) ?? receive();
}

function takeContentHeader(connection: Connection): Frame | null {
  const {rest} = connection;
  if (rest.length < frameOverhead || rest[0] !== headerFrame) return null;
  const end = 7 + rest.readUInt32BE(3);
  if (rest.length <= end || rest[end] !== frameEnd || end < 7 + contentHeaderBytes) return null;
  connection.rest = rest.subarray(end + 1);
  return {
    id: rest.readUInt16BE(7),
    channel: rest.readUInt16BE(1),
    size: Number(rest.readBigUInt64BE(11)),
    fields: {raw: rest.subarray(7 + contentHeaderBytes, end)},
  };
}

/** Ends a connection whose server does not answer its close, and the heartbeats that would keep the process alive. */
export function endSocket(opened: unknown): void {
  (opened as Connection).stream.destroy(new Error('The server did not answer the close of the connection'));
}

/** The raw properties of a message that came in. */
export function rawProperties(message: {readonly properties: unknown}): Buffer {
  return (message.properties as {raw: Buffer}).raw;
}

/** The most bytes of properties that fit into a content header; the server closes the connection on a larger frame. */
export function mostPropertyBytes(frameMax: number): number {
  return frameMax - frameOverhead - contentHeaderBytes;
}

export function agreedFrameMax(opened: unknown): number {
  return (opened as Connection).frameMax;
}

export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Buffer;
  readonly body: Uint8Array;
}

/**
 * Publishes with `mandatory` set. `confirmed` is called once, with `null` after the broker's ack.
 * @throws when the channel or the connection is closed: then nothing was sent.
 */
export function publish(
  channel: ConfirmChannel,
  publication: Publication,
  confirmed: (error: Error | null) => void,
): void {
  const {ch, connection} = channel as unknown as Confirming;
  const buffer = connection.channels[ch]?.buffer;
  if (!buffer) throw new Error('channel closed');
  const {properties, body} = publication;
  const header = Buffer.alloc(contentHeaderBytes);
  header.writeUInt16BE(basicClass);
  header.writeBigUInt64BE(BigInt(body.length), 4);
  const frames = [
    frame(methodFrame, ch, publishMethod(publication)),
    frame(headerFrame, ch, Buffer.concat([header, properties])),
  ];
  const most = connection.frameMax - frameOverhead;
  for (let from = 0; from < body.length; from += most)
    frames.push(frame(bodyFrame, ch, body.subarray(from, from + most)));
  (channel as unknown as Confirming).pushConfirmCallback(confirmed);
  connection.sentSinceLastCheck = true;
  // One write: frames of another channel may come between writes, never within one.
  buffer.write(Buffer.concat(frames));
}

function publishMethod({exchange, routingKey}: Publication): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(basicClass);
  head.writeUInt16BE(basicPublish, 2);
  const mandatory = Buffer.of(1);
  return Buffer.concat([head, shortText(exchange), shortText(routingKey), mandatory]);
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function frame(type: number, channel: number, payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(payload.length + frameOverhead);
  out.writeUInt8(type);
  out.writeUInt16BE(channel, 1);
  out.writeUInt32BE(payload.length, 3);
  out.set(payload, 7);
  out.writeUInt8(frameEnd, payload.length + 7);
  return out;
}
