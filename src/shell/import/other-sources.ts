import {readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {parse} from 'yaml';
import {configHome} from '../config.ts';
import {defined, Fields} from './found.ts';
import type {Found, FoundTls, Source} from './found.ts';
import {parseToml} from './toml.ts';

/**
 * rabbitmqadmin: version 2's TOML and version 1's INI have the same shape, a section a node. Its address is the management
 * API's; AMQP is taken to be at the same host's usual port.
 */
export const rabbitmqadmin: Source = {
  places: () => ['~/.rabbitmqadmin.conf', join(configHome(), 'rabbitmqadmin', 'config.toml')],
  read: async (text, file) => {
    const isIni = !/^\s*[\w-]+\s*=\s*["']/m.test(text);
    const sections = isIni ? parseIni(text) : parseToml(text, file);
    return Object.entries(sections).map(([name, section]) => rabbitFound(name, new Fields(section)));
  },
};

function rabbitFound(name: string, section: Fields): Found {
  const base = section.text('base_uri');
  const management = base === undefined ? null : new URL(base);
  const tls =
    section.flag('tls') ||
    section.flag('ssl') ||
    section.text('scheme') === 'https' ||
    management?.protocol === 'https:';
  const host = management?.hostname ?? section.text('hostname') ?? 'localhost';
  const port = management?.port || section.text('port') || (tls ? '15671' : '15672');
  const prefix = (section.text('path_prefix') ?? '').replace(/\/api$/, '');
  const vhost = encodeURIComponent(section.text('virtual_host', 'vhost', 'declare_vhost') ?? '/');
  const api = encodeURIComponent(`${tls ? 'https' : 'http'}://${host}:${port}${prefix}`);
  const user = encodeURIComponent(section.text('username') ?? 'guest');
  return defined<Found>({
    name,
    url: `amqp${tls ? 's' : ''}://${user}@${host}/${vhost}?management=${api}`,
    current: name === 'default',
    password: section.text('password'),
    tls: defined<FoundTls>({
      ca: section.text('ca_certificate_bundle_path', 'ssl_ca_cert_file'),
      cert: section.text('client_certificate_file_path', 'ssl_cert_file'),
      key: section.text('client_private_key_file_path', 'ssl_key_file'),
      insecure: section.flag('ssl_insecure') || undefined,
    }),
    note: 'AMQP is taken to be on its usual port',
  });
}

/** nats: one JSON file a context, named for it; the current one's name is in `context.txt` beside the folder. */
export const nats: Source = {
  places: () => [join(configHome(), 'nats', 'context')],
  read: async (text, file) => {
    const fields = new Fields(JSON.parse(text));
    const name = basename(file, '.json');
    const current = await readFile(join(dirname(dirname(file)), 'context.txt'), 'utf8').catch(() => '');
    const query = new URLSearchParams();
    const [domain, prefix] = [fields.text('jetstream_domain'), fields.text('jetstream_api_prefix')];
    if (domain !== undefined) query.set('domain', domain);
    if (prefix !== undefined) query.set('prefix', prefix);
    const url = (fields.text('url') ?? 'nats://127.0.0.1:4222')
      .replace(/^tls:/, 'nats+tls:')
      .replace(/,\s*\w+:\/\//g, ',');
    return [
      defined<Found>({
        name,
        url: query.size === 0 ? url : `${url}?${query.toString()}`,
        current: current.trim() === name,
        username: fields.text('user'),
        password: fields.text('password'),
        token: fields.text('token'),
        credsFile: fields.text('creds'),
        tls: fields.has('ca') || fields.has('cert') ? tlsOf(fields, 'ca', 'cert', 'key') : undefined,
        note: ['nkey', 'user_jwt', 'nsc'].some(key => fields.has(key))
          ? 'nkey, user_jwt and nsc are not taken over'
          : undefined,
      }),
    ];
  },
};

/** pulsarctl: YAML with `contexts` (addresses of the admin API) and `auth-info` of the same names. */
export const pulsarctl: Source = {
  places: () => [join(configHome(), 'pulsar', 'config')],
  read: async text => {
    const top = new Fields(parse(text));
    return top.entries('contexts').map(([name, context]) => {
      const admin = new URL(context.text('admin-service-url') ?? 'http://localhost:8080');
      const auth = top.fields('auth-info').fields(name);
      const tls = admin.protocol === 'https:';
      return defined<Found>({
        name,
        url: `pulsar${tls ? '+ssl' : ''}://${admin.hostname}?admin=${encodeURIComponent(admin.origin)}`,
        current: name === top.text('current-context'),
        token: auth.text('token'),
        tokenFile: auth.text('tokenFile'),
        tls: tls
          ? defined<FoundTls>({
              ca: auth.text('tls_trust_certs_file_path'),
              insecure: auth.flag('tls_allow_insecure_connection') || undefined,
            })
          : undefined,
      });
    });
  },
};

/** AWS: the profiles of `~/.aws/config` that have a region; their keys stay in the AWS credential chain. */
export const aws: Source = {
  places: () => [process.env['AWS_CONFIG_FILE'] ?? '~/.aws/config'],
  read: async text =>
    Object.entries(parseIni(text)).flatMap(([section, values]) => {
      const name = section.replace(/^profile\s+/, '');
      const region = values['region'];
      if (region === undefined || /^(?:sso-session|services)\s/.test(section)) return [];
      return [{name, url: `kinesis://${region}?profile=${encodeURIComponent(name)}`, current: false}];
    }),
};

function parseIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let values: Record<string, string> | null = null;
  for (const line of text.split('\n')) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line);
    if (heading) values = sections[(heading[1] ?? '').trim()] = {};
    const pair = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair && values) values[pair[1] ?? ''] = pair[2] ?? '';
  }
  return sections;
}

function tlsOf(fields: Fields, ca: string, cert: string, key: string): FoundTls {
  return defined<FoundTls>({ca: fields.text(ca), cert: fields.text(cert), key: fields.text(key)});
}
