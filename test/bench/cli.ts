import {loadavg} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {connect} from 'amqplib';
import {stopBroker} from '../brokers/brokers.ts';
import {startKafka} from '../brokers/kafka-server.ts';
import {repository} from '../brokers/paths.ts';
import {startRabbitmq} from '../brokers/rabbitmq-server.ts';
import {runCommand} from '../brokers/run-command.ts';
import {startNoMore} from '../brokers/server-process.ts';
import {cold} from './cold.ts';
import {kafkaFleet, rabbitmqFleet} from './fleet.ts';

const usage = `usage: npm run bench -- cold|fleet [--runs N]

  cold   what a start costs, against bare Node and others' tools (15 rounds)
  fleet  3,000 topics with 500 groups, and 2,000 queues, in one command each (5 rounds)

Each begins its own servers and stops them. Load on the machine moves every figure: read the ratios.`;

// Servers of their own: what tests or people do on the others would be measured too, and be left with 3,000 topics.
const [kafkaName, rabbitmqName] = ['bench-kafka', 'bench-rabbitmq'];

async function clearAway(): Promise<void> {
  startNoMore();
  await Promise.all([stopBroker(kafkaName), stopBroker(rabbitmqName)]);
}

async function main(): Promise<void> {
  const {values, positionals} = parseArgs({allowPositionals: true, options: {runs: {type: 'string'}}});
  const [which] = positionals;
  const rounds = Number(values.runs ?? (which === 'fleet' ? 5 : 15));
  if ((which !== 'cold' && which !== 'fleet') || !Number.isInteger(rounds) || rounds < 1) {
    console.error(usage);
    process.exitCode = 64;
    return;
  }
  await runCommand(process.execPath, [join(repository, 'build.js')], {cwd: repository});
  await Promise.all([stopBroker(kafkaName), stopBroker(rabbitmqName)]);
  const [kafka, rabbitmq] = await Promise.all([
    startKafka(kafkaName, {nodes: 1, heapMb: 768}),
    startRabbitmq(rabbitmqName, '4.0'),
  ]);
  if (which === 'cold') {
    const connection = await connect(rabbitmq.url);
    await (await connection.createChannel()).assertQueue('cold');
    await connection.close();
    console.log(await cold(kafka, rabbitmq, rounds));
  } else {
    console.log(await kafkaFleet(kafka, rounds));
    await stopBroker(kafkaName);
    console.log(`\n${await rabbitmqFleet(rabbitmq, rounds)}`);
  }
  console.log(
    `\nNode ${process.version}, load average ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')}`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void clearAway().finally(() => process.exit(130)));
}
try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await clearAway();
}
