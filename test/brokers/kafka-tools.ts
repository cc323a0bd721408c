import {chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {withLock} from './lock.ts';
import {jarFolder} from './maven.ts';
import {downloads} from './paths.ts';

// The newest that Maven's central repository has. Apart from the server's jars: these tools on the server's newer
// libraries fail when they exit.
const version = '4.3.0';

export const programs: Readonly<Record<string, string>> = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-share-groups': 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-share-consumer': 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
};

/** The folder of Kafka's own command-line tools, under the names of Kafka's distribution. */
export async function kafkaTools(): Promise<string> {
  const jars = await jarFolder(`kafka-tools-${version}`, [
    {
      coordinates: `org.apache.kafka:kafka-tools:${version}`,
      without: ['connect-runtime', 'connect-json', 'connect-api'].map(name => `org.apache.kafka:${name}`),
    },
    {coordinates: 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'},
  ]);
  const folder = join(downloads, `kafka-tools-${version}`);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    rmSync(fresh, {recursive: true, force: true});
    mkdirSync(fresh, {recursive: true});
    writeFileSync(join(fresh, 'log4j2.properties'), 'rootLogger.level=OFF\n');
    for (const [name, main] of Object.entries(programs)) {
      const java = 'java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData';
      const log = `-Dlog4j2.configurationFile='${join(folder, 'log4j2.properties')}'`;
      writeFileSync(join(fresh, name), `#!/bin/sh\nexec ${java} ${log} -cp '${jars}/*' ${main} "$@"\n`);
      chmodSync(join(fresh, name), 0o755);
    }
    renameSync(fresh, folder);
  });
  return folder;
}
