import {expect, test} from 'vitest';
import {kaf, kcl, rpk} from '../../../src/shell/import/kafka-sources.ts';
import {aws, nats, pulsarctl, rabbitmqadmin} from '../../../src/shell/import/other-sources.ts';
import {parseToml} from '../../../src/shell/import/toml.ts';

test('kcl: profiles, and the flat form of older files', async () => {
  const text = `
current_profile = "b"
[profiles.a]
seed_brokers = ["h1:9092", "h2:9092"] # two
[profiles.b]
seed_brokers = [
  "h3:9093",
]
[profiles.b.tls]
ca_cert_path = "/etc/ca.pem"
[profiles.b.sasl]
method = "scram_sha_256"
user = "u"
pass = "se#c\\"ret"
`;
  expect(await kcl.read(text, 'config.toml')).toEqual([
    {name: 'a', url: 'kafka://h1:9092,h2:9092', current: false},
    {
      name: 'b',
      url: 'kafka+tls://h3:9093?sasl=scram-sha-256',
      current: true,
      username: 'u',
      password: 'se#c"ret',
      tls: {ca: '/etc/ca.pem'},
    },
  ]);
  expect(await kcl.read('seed_brokers = ["h:1"]', 'f')).toEqual([{name: 'kcl', url: 'kafka://h:1', current: true}]);
});

test('kaf: TLS by protocol or by files', async () => {
  const text = `
current-cluster: sec
clusters:
- name: local
  brokers: [localhost:9092]
- name: sec
  brokers: [h:9093]
  SASL: {mechanism: PLAIN, username: u, password: pw}
  TLS: {cafile: /ca.pem, insecure: true}
  security-protocol: SASL_SSL
`;
  expect(await kaf.read(text, 'config')).toEqual([
    {name: 'local', url: 'kafka://localhost:9092', current: false},
    {
      name: 'sec',
      url: 'kafka+tls://h:9093?sasl=plain',
      current: true,
      username: 'u',
      password: 'pw',
      tls: {ca: '/ca.pem', insecure: true},
    },
  ]);
});

test('rpk: the Kafka part of a profile', async () => {
  const text =
    'current_profile: p\nprofiles:\n- name: p\n  kafka_api:\n    brokers: [127.0.0.1:19092]\n    sasl: {user: u, password: pw, mechanism: SCRAM-SHA-512}\n';
  expect(await rpk.read(text, 'rpk.yaml')).toEqual([
    {name: 'p', url: 'kafka://127.0.0.1:19092?sasl=scram-sha-512', current: true, username: 'u', password: 'pw'},
  ]);
});

test('rabbitmqadmin: both its file formats', async () => {
  const url = 'amqps://app@rabbit.example.com/orders?management=https%3A%2F%2Frabbit.example.com%3A15671';
  const ini =
    '[default]\nhostname = rabbit.example.com\nport = 15671\nssl = True\nusername = app\npassword = pw\ndeclare_vhost = orders\n';
  const toml =
    '[default]\nhostname = "rabbit.example.com"\nport = 15671\ntls = true\nusername = "app"\npassword = "pw"\nvirtual_host = "orders"\n';
  for (const text of [ini, toml])
    expect(await rabbitmqadmin.read(text, 'f')).toMatchObject([{name: 'default', url, password: 'pw', current: true}]);
  const [plain] = await rabbitmqadmin.read('[n]\nhostname = h\n', 'f');
  expect(plain?.url).toBe('amqp://guest@h/%2F?management=http%3A%2F%2Fh%3A15672');
});

test('nats, pulsarctl, AWS: addresses in our URLs', async () => {
  expect(await nats.read('{"url":"nats://h:4222","token":"t","jetstream_domain":"hub"}', '/x/n1.json')).toEqual([
    {name: 'n1', url: 'nats://h:4222?domain=hub', current: false, token: 't'},
  ]);
  const pulsar =
    'current-context: c\ncontexts:\n  c:\n    admin-service-url: https://p.example.com:8443\nauth-info:\n  c: {token: t, tls_trust_certs_file_path: /ca.pem}\n';
  expect(await pulsarctl.read(pulsar, 'config')).toEqual([
    {
      name: 'c',
      url: 'pulsar+ssl://p.example.com?admin=https%3A%2F%2Fp.example.com%3A8443',
      current: true,
      token: 't',
      tls: {ca: '/ca.pem'},
    },
  ]);
  expect(
    await aws.read('[default]\nregion = eu-west-1\n[profile x]\noutput=json\n[profile y]\nregion=us-east-1\n', 'f'),
  ).toEqual([
    {name: 'default', url: 'kinesis://eu-west-1?profile=default', current: false},
    {name: 'y', url: 'kinesis://us-east-1?profile=y', current: false},
  ]);
});

test('TOML that is not understood is refused with its line, without its value', () => {
  expect(() => parseToml('a = 1\npass = 1979-05-27\n', 'c.toml')).toThrow('c.toml:2: this line cannot be read');
  expect(() => parseToml('pass = {secret = 1}', 'c.toml')).toThrow(expect.objectContaining({broker: 'pass = …'}));
  expect(parseToml('a.b = \'x # y\' # z\n"q r" = [1, 2]\n', 'f')).toEqual({a: {b: 'x # y'}, 'q r': [1, 2]});
});
