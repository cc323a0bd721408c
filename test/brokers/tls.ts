import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {withLock} from './lock.ts';
import {runFolder} from './paths.ts';
import {runCommand} from './run-command.ts';

/** PEM files of a certificate authority of our own and of a server certificate for localhost. */
export interface Certificates {
  readonly ca: string;
  readonly key: string;
  readonly certificate: string;
  /** Key, certificate and authority in one file, as Kafka's PEM key store wants it. */
  readonly chain: string;
}

export async function certificates(): Promise<Certificates> {
  const folder = join(runFolder, 'tls');
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await make(folder);
  });
  const file = (name: string): string => join(folder, name);
  return {ca: file('ca.pem'), key: file('server.key'), certificate: file('server.crt'), chain: file('server.pem')};
}

async function make(folder: string): Promise<void> {
  const cwd = `${folder}.new`;
  rmSync(cwd, {recursive: true, force: true});
  mkdirSync(cwd, {recursive: true});
  const openssl = (line: string): Promise<string> => runCommand('openssl', line.split(' '), {cwd});
  const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  writeFileSync(join(cwd, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl('req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=brokerctl-test-ca -keyout ca.key -out ca.pem');
  await openssl('req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr');
  await openssl(
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out server.crt -extfile names',
  );
  writeFileSync(join(cwd, 'server.pem'), text('server.key') + text('server.crt') + text('ca.pem'));
  renameSync(cwd, folder);
}
