import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {natsServer} from './nats-binary.ts';
import {natsBroker, natsConfiguration, natsPorts, natsTlsConfiguration} from './nats-config.ts';
import {runFolder} from './paths.ts';
import {freePorts} from './ports.ts';
import {startProcess, untilReady} from './server-process.ts';
import type {NatsBroker} from './state.ts';
import {certificates} from './tls.ts';

/** The version that a monitoring port tells once JetStream is up; `null` before. */
export async function natsVersion(monitorUrl: string): Promise<string | null> {
  try {
    const health = await fetch(`${monitorUrl}/healthz`, {signal: AbortSignal.timeout(5000)});
    if (!health.ok) return null;
    const answer = await fetch(`${monitorUrl}/varz`, {signal: AbortSignal.timeout(5000)});
    return ((await answer.json()) as {version?: string}).version ?? null;
  } catch {
    return null;
  }
}

/** Two NATS servers with JetStream on loopback: one with accounts, one with TLS and a token. */
export async function startNats(name: string): Promise<NatsBroker> {
  const [program, tls, base] = await Promise.all([natsServer(), certificates(), freePorts(4)]);
  const ports = natsPorts(base);
  const home = join(runFolder, name);
  rmSync(home, {recursive: true, force: true});
  mkdirSync(home, {recursive: true});
  writeFileSync(join(home, 'plain.conf'), natsConfiguration(ports, join(home, 'plain'), '127.0.0.1'));
  writeFileSync(join(home, 'tls.conf'), natsTlsConfiguration(ports, join(home, 'tls'), tls, '127.0.0.1'));
  const processes = ['plain', 'tls'].map(which =>
    startProcess(name, program, ['-c', `${which}.conf`], {cwd: home, log: join(home, `${which}.log`)}),
  );
  let version: string | null = null;
  await untilReady(processes, async () => {
    version = await natsVersion(`http://127.0.0.1:${ports.monitor}`);
    return version !== null && (await natsVersion(`http://127.0.0.1:${ports.tlsMonitor}`)) !== null;
  });
  return natsBroker(ports, {version: version ?? '', ca: tls.ca});
}
