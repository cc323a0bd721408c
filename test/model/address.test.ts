import {inspect} from 'node:util';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseAddress} from '../../src/model/address.ts';
import {Failure} from '../../src/model/failure.ts';

test('several hosts, IPv6 among them', () => {
  expect(parseAddress('kafka://h1:9092,[::1]:9093,h3').hosts).toEqual([
    {host: 'h1', port: 9092},
    {host: '::1', port: 9093},
    {host: 'h3', port: null},
  ]);
});

test('login, vhost and query are percent-decoded', () => {
  const address = parseAddress('amqps://us%40er:p%3Ass@h:5671/%2Fprod?management=http%3A%2F%2Fm%3A15672');
  expect(address.scheme).toBe('amqps');
  expect(address.username).toBe('us@er');
  expect(address.password?.reveal()).toBe('p:ss');
  expect(address.path).toBe('/prod');
  expect(address.query.get('management')).toBe('http://m:15672');
});

test('no slash and an empty path differ', () => {
  expect(parseAddress('amqp://h').path).toBeNull();
  expect(parseAddress('amqp://h/').path).toBe('');
});

test('file:DIR is a folder', () => {
  expect(parseAddress('file:./a%20b')).toMatchObject({scheme: 'file', path: './a b', hosts: []});
  expect(parseAddress('file:///tmp/demo').path).toBe('/tmp/demo');
});

test.each(['', 'localhost:9092/x y', 'kafka://h:99999', 'kafka://h:0', 'kafka://h:port', 'amqp://h/%zz', '//h'])(
  '"%s" is refused',
  url => {
    expect(() => parseAddress(url)).toThrow(Failure);
  },
);

test('a password may hold an @, and one with a slash is not repeated', () => {
  const address = parseAddress('amqp://user:p@ss:w@h:5672/v');
  expect(address.password?.reveal()).toBe('p@ss:w');
  expect(address.shown).toBe('amqp://user:***@h:5672/v');
  try {
    parseAddress('amqp://user:sekret/rest@h');
    expect.unreachable();
  } catch (error) {
    expect(inspect(error)).not.toContain('sekret');
    expect(error).toMatchObject({kind: 'usage', hints: ['Write a / in a password as %2F.']});
  }
});

test('a password is in no way of showing an address, nor in the error about a bad one', () => {
  const word = fc.stringMatching(/^[a-z0-9]{8,12}Zq$/);
  fc.assert(
    fc.property(word, password => {
      const address = parseAddress(`amqp://user:${password}@h:5672/v?token=${password}`);
      expect(address.shown).toBe('amqp://user:***@h:5672/v?token=***');
      expect(inspect({...address, query: null}, {depth: 9})).not.toContain(password);
      expect(JSON.stringify(address)).not.toContain(password);
      try {
        parseAddress(`amqp://user:${password}@h:99999`);
        expect.unreachable();
      } catch (error) {
        expect(inspect(error)).not.toContain(password);
      }
    }),
  );
});

test('a login inside a URL of the query is hidden too', () => {
  for (const inner of ['http://u:hunter2@h:15672', encodeURIComponent('http://u:hunter2@h:15672')]) {
    expect(parseAddress(`amqp://h/v?management=${inner}&x=1`).shown).not.toContain('hunter2');
  }
  expect(parseAddress('amqp://h?management=http://h:1&b=a@c').shown).toBe('amqp://h?management=http://h:1&b=a@c');
});
