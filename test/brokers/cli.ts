import {parseArgs} from 'node:util';
import {brokerNames, isRunning, startBroker, stopBroker} from './brokers.ts';
import type {BrokerName} from './brokers.ts';
import {startCompose, stopComposed} from './compose.ts';
import {addContexts, userConfig, removeContexts} from './contexts.ts';
import {seed} from './seed.ts';
import {startNoMore} from './server-process.ts';
import {addBroker, noteContexts, readState} from './state.ts';
import type {BrokerState} from './state.ts';

const usage = `usage: npm run brokers -- up|down|status [NAME …] [--nodes 3] [--seed]
       npm run brokers -- use compose

  up      start servers on free loopback ports (kafka and rabbitmq-4.0 when none is named) and add contexts for them;
          --seed fills them with the story of the demo
  down    stop them (all when none is named), with their data and contexts
  status  what runs, and where
  use     start the containers of compose.yaml instead, and use them

names: ${brokerNames.join(', ')}; rabbitmq is rabbitmq-4.0, kafka --nodes 3 is kafka-cluster, all is all of them`;

class UsageError extends Error {}

function namesOf(words: readonly string[], nodes: string | undefined): BrokerName[] {
  if (nodes !== undefined && nodes !== '1' && nodes !== '3') throw new UsageError('--nodes is 1 or 3');
  const names = words.flatMap((word): BrokerName[] => {
    if (word === 'all') return brokerNames;
    if (word === 'rabbitmq') return ['rabbitmq-4.0'];
    if (word === 'kafka' && nodes === '3') return ['kafka-cluster'];
    const name = brokerNames.find(one => one === word);
    if (!name) throw new UsageError(`there is no broker ${word}`);
    return [name];
  });
  return [...new Set(names)];
}

function addresses(broker: BrokerState): readonly (readonly [string, string])[] {
  if (broker.system === 'nats') {
    return [
      ['NATS', broker.url],
      ['TLS', broker.tlsUrl],
      ['monitoring', broker.monitorUrl],
    ];
  }
  return broker.system === 'kafka'
    ? [
        ['plaintext', broker.plain.url],
        ['TLS', broker.tls.url],
        ['SASL', `${broker.sasl.url}?sasl=plain`],
        ['SASL over TLS', `${broker.saslTls.url}?sasl=scram-sha-256`],
      ]
    : [
        ['AMQP', broker.url],
        ['AMQPS', broker.tlsUrl],
        ['management', broker.managementUrl],
      ];
}

function describe(name: string, broker: BrokerState): string {
  const users = Object.entries(broker.users).map(([user, password]) => `${user}:${password}`);
  const tools = 'tools' in broker ? [['tools', broker.tools] as const] : [];
  const rows = [...addresses(broker), ['users', users.join(' ')], ['CA', broker.ca], ...tools] as const;
  return [`${name} ${broker.version}`, ...rows.map(([label, value]) => `  ${label.padEnd(14)}${value}`)].join('\n');
}

async function up(names: readonly BrokerName[], seeded: boolean): Promise<void> {
  const interrupted = async (): Promise<void> => {
    startNoMore();
    await Promise.all(names.filter(name => !readState().brokers[name]).map(name => stopBroker(name)));
    process.exit(130);
  };
  process.once('SIGINT', () => void interrupted());
  process.once('SIGTERM', () => void interrupted());
  const failures: unknown[] = [];
  await Promise.all(
    names.map(async name => {
      const begin = Date.now();
      try {
        const {started} = await startBroker(name);
        console.error(started ? `${name}: started in ${(Date.now() - begin) / 1000} s` : `${name}: runs already`);
      } catch (error) {
        failures.push(error);
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );
  for (const name of names) {
    await introduce(name);
    if (seeded) await fill(name);
  }
  if (failures.length > 0) process.exitCode = 1;
}

async function fill(name: string): Promise<void> {
  const broker = readState().brokers[name];
  if (!broker) return;
  const filled = await seed(broker);
  const messages = filled.reduce((sum, destination) => sum + destination.messages.length, 0);
  const what = filled.map(destination => destination.name).join(' ');
  console.log(`  ${'seeded'.padEnd(14)}${filled.length === 0 ? 'was already' : `${messages} messages in ${what}`}`);
}

/** Prints what a broker is, and adds contexts for it once. */
async function introduce(name: string): Promise<void> {
  const {brokers, contexts} = readState();
  const broker = brokers[name];
  if (!broker) return;
  console.log(describe(name, broker));
  if (contexts[name]) return;
  const {added, existing} = await addContexts(userConfig, name, broker);
  noteContexts(name, {file: userConfig, names: added});
  if (added.length > 0) console.log(`  ${'contexts'.padEnd(14)}${added.join(' ')} (added to ${userConfig})`);
  if (existing.length > 0) console.log(`  left alone in ${userConfig}: ${existing.join(' ')}`);
}

/** Brokers in containers are brokers without processes of ours. */
async function useCompose(): Promise<void> {
  const own = readState().processes.map(entry => entry.broker);
  if (own.length > 0) throw new Error(`${[...new Set(own)].join(', ')} run here: npm run brokers -- down first`);
  for (const [name, broker] of Object.entries(await startCompose())) {
    addBroker(name, broker);
    await introduce(name);
  }
}

async function down(names: readonly string[]): Promise<void> {
  const state = readState();
  const known = new Set([...Object.keys(state.brokers), ...state.processes.map(entry => entry.broker)]);
  for (const name of names.length > 0 ? names : known) {
    const added = state.contexts[name];
    if (added) await removeContexts(added.file, added.names);
    if (state.brokers[name] && !state.processes.some(entry => entry.broker === name)) await stopComposed(name);
    await stopBroker(name);
    console.log(known.has(name) ? `${name}: stopped` : `${name}: did not run`);
  }
}

function status(names: readonly string[]): void {
  const {brokers, processes} = readState();
  const shown = Object.entries(brokers).filter(([name]) => names.length === 0 || names.includes(name));
  for (const [name, broker] of shown) {
    console.log(describe(name, broker));
    const pids = processes.filter(entry => entry.broker === name).map(entry => entry.pid);
    const how = pids.length > 0 ? `pids ${pids.join(' ')}` : 'in a container';
    console.log(`  ${'state'.padEnd(14)}${isRunning(name) ? `runs, ${how}` : `DEAD: npm run brokers -- up ${name}`}`);
  }
  if (shown.length === 0) console.log('no broker runs for this clone');
}

async function main(): Promise<void> {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {nodes: {type: 'string'}, seed: {type: 'boolean'}, help: {type: 'boolean', short: 'h'}},
  });
  const [verb, ...words] = positionals;
  if (values.help) return console.log(usage);
  if (verb === 'use' && words.join() !== 'compose') throw new UsageError('it is: use compose');
  const names = verb === 'use' ? [] : namesOf(words, values.nodes);
  if (verb === 'up')
    await up(names.length > 0 ? names : namesOf(['kafka', 'rabbitmq'], values.nodes), values.seed === true);
  else if (verb === 'down') await down(names);
  else if (verb === 'status') status(names);
  else if (verb === 'use') await useCompose();
  else throw new UsageError(verb === undefined ? 'say up, down, status or use' : `there is no ${verb}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  const misused =
    error instanceof UsageError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  if (misused) console.error(usage);
  process.exitCode = misused ? 64 : 1;
}
