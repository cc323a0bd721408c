import {join} from 'node:path';
import {parse} from 'yaml';
import {configHome} from '../config.ts';
import {defined, Fields, kafkaUrl} from './found.ts';
import type {Found, FoundTls, Source} from './found.ts';
import {parseToml} from './toml.ts';

/** kcl: TOML with `seed_brokers`, `[tls]`, `[sasl]`; newer ones under `[profiles.NAME]` beside `current_profile`. */
export const kcl: Source = {
  places: () => [
    process.env['KCL_CONFIG_PATH'] ?? join(process.env['KCL_CONFIG_DIR'] ?? join(configHome(), 'kcl'), 'config.toml'),
  ],
  read: async (text, file) => {
    const top = parseToml(text, file);
    const profiles = new Fields(top).entries('profiles');
    const current = new Fields(top).text('current_profile');
    if (profiles.length === 0) return [kclFound('kcl', new Fields(top), true, file)];
    return profiles.map(([name, profile]) => kclFound(name, profile, name === current, file));
  },
};

function kclFound(name: string, fields: Fields, current: boolean, file: string): Found {
  const sasl = fields.fields('sasl');
  const tls = fields.fields('tls');
  const hosts = fields.texts('seed_brokers');
  return defined<Found>({
    name,
    url: kafkaUrl(hosts.length > 0 ? hosts : ['localhost:9092'], fields.has('tls'), sasl.text('method'), file),
    current,
    username: sasl.text('user'),
    password: sasl.text('pass'),
    tls: fields.has('tls')
      ? defined<FoundTls>({
          ca: tls.text('ca_cert_path'),
          cert: tls.text('client_cert_path'),
          key: tls.text('client_key_path'),
          serverName: tls.text('server_name'),
          insecure: tls.flag('insecure') || undefined,
        })
      : undefined,
    note: sasl.flag('is_token') ? 'the password is a delegation token, which is not taken over as one' : undefined,
  });
}

/** kaf: YAML with `clusters`, each with `brokers`, `SASL`, `TLS`, `security-protocol`. */
export const kaf: Source = {
  places: () => ['~/.kaf/config'],
  read: async (text, file) => {
    const top = new Fields(parse(text));
    return top.list('clusters').map(cluster => {
      const sasl = cluster.fields('SASL');
      const tls = cluster.fields('TLS');
      const usesTls = cluster.has('TLS') || /SSL/.test(cluster.text('security-protocol') ?? '');
      return defined<Found>({
        name: cluster.text('name') ?? 'kaf',
        url: kafkaUrl(
          cluster.texts('brokers'),
          usesTls,
          cluster.has('SASL') ? sasl.text('mechanism') : undefined,
          file,
        ),
        current: cluster.text('name') === top.text('current-cluster'),
        username: sasl.text('username'),
        password: sasl.text('password'),
        token: sasl.text('token'),
        tls: cluster.has('TLS')
          ? defined<FoundTls>({
              ca: tls.text('cafile'),
              cert: tls.text('clientfile'),
              key: tls.text('clientkeyfile'),
              insecure: tls.flag('insecure') || undefined,
            })
          : undefined,
        note: sasl.has('clientSecret') ? 'the OAuth client of the token endpoint is not taken over' : undefined,
      });
    });
  },
};

/** rpk: YAML with `profiles`, each with `kafka_api` of `brokers`, `sasl`, `tls`. */
export const rpk: Source = {
  places: () => [join(configHome(), 'rpk', 'rpk.yaml')],
  read: async (text, file) => {
    const top = new Fields(parse(text));
    return top.list('profiles').map(profile => {
      const api = profile.fields('kafka_api');
      const sasl = api.fields('sasl');
      const tls = api.fields('tls');
      const hosts = api.texts('brokers');
      return defined<Found>({
        name: profile.text('name') ?? 'rpk',
        url: kafkaUrl(hosts.length > 0 ? hosts : ['127.0.0.1:9092'], api.has('tls'), sasl.text('mechanism'), file),
        current: profile.text('name') === top.text('current_profile'),
        username: sasl.text('user'),
        password: sasl.text('password'),
        tls: api.has('tls')
          ? defined<FoundTls>({
              ca: tls.text('ca_file', 'truststore_file'),
              cert: tls.text('cert_file'),
              key: tls.text('key_file'),
              insecure: tls.flag('insecure_skip_verify') || undefined,
            })
          : undefined,
      });
    });
  },
};
