import type {Chapter} from './story.ts';
import {header, hourMs, progressIn, spread} from './telling.ts';
import {avro, protobuf, singleObject} from './wire.ts';

/** The schema of `sensor-readings` in Avro's parsing canonical form, of which the message carries the fingerprint. */
export const readingSchema =
  '{"name":"shop.sensors.Reading","type":"record","fields":[{"name":"sensor","type":"string"},{"name":"celsius","type":"double"},{"name":"at","type":"long"}]}';

/**
 * The vans' positions as Protobuf:
 * `message Position { string van = 1; double latitude = 2; double longitude = 3; uint64 at_ms = 4; bool moving = 5; }`
 */
export const telemetry: Chapter = (random, now) => {
  const partitions = 2;
  const messages = spread(random, {now, overMs: hourMs, count: 240, partitions}, (_, time) => {
    const van = `van-${random.between(1, 12)}`;
    return {
      key: van,
      headers: [header('content-type', 'application/x-protobuf; messageType=shop.telemetry.Position')],
      body: Uint8Array.from([
        ...protobuf.string(1, van),
        ...protobuf.double(2, 52 + random.next()),
        ...protobuf.double(3, 13 + random.next()),
        ...protobuf.varint(4, time.getTime()),
        ...protobuf.varint(5, random.between(0, 1)),
      ]),
    };
  });
  return {
    destinations: [{name: 'telemetry', kind: 'topic', partitions, messages}],
    subscriptions: [
      {
        name: 'dispatch',
        members: ['dispatch-0'],
        progress: progressIn('telemetry', partitions, messages, count => ({read: count, member: 'dispatch-0'})),
      },
    ],
  };
};

/** The cold store's temperatures as Avro single objects. Nobody subscribes to them. */
export const sensorReadings: Chapter = (random, now) => ({
  destinations: [
    {
      name: 'sensor-readings',
      kind: 'topic',
      partitions: 1,
      messages: spread(random, {now, overMs: hourMs, count: 60, partitions: 1}, (_, time) => ({
        body: singleObject(readingSchema, [
          ...avro.string(`cold-store-${random.between(1, 4)}`),
          ...avro.double(-18 + random.next() * 3),
          ...avro.long(time.getTime()),
        ]),
      })),
    },
  ],
  subscriptions: [],
});
