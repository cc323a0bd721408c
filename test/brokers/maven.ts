import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {withLock} from './lock.ts';
import {downloads} from './paths.ts';
import {runCommand} from './run-command.ts';

export interface Artifact {
  /** `group:artifact:version` */
  readonly coordinates: string;
  /** `group:artifact` of dependencies to leave out. */
  readonly without?: readonly string[];
}

function xml({coordinates, without = []}: Artifact): string {
  const [group, artifact, version] = coordinates.split(':');
  const exclusions = without
    .map(name => name.split(':'))
    .map(([g, a]) => `<exclusion><groupId>${g}</groupId><artifactId>${a}</artifactId></exclusion>`);
  return (
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>` +
    `<exclusions>${exclusions.join('')}</exclusions></dependency>`
  );
}

/** The jars of some artifacts and all they need, as one folder; downloaded the first time. */
export async function jarFolder(name: string, artifacts: readonly Artifact[]): Promise<string> {
  const folder = join(downloads, 'jars', name);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    rmSync(fresh, {recursive: true, force: true});
    mkdirSync(fresh, {recursive: true});
    const pom = join(fresh, 'pom.xml');
    writeFileSync(
      pom,
      '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>brokerctl</groupId>' +
        `<artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>` +
        `<dependencies>${artifacts.map(xml).join('')}</dependencies></project>`,
    );
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
    await runCommand('mvn', ['-q', '-B', '-f', pom, goal, `-DoutputDirectory=${fresh}`]);
    renameSync(fresh, folder);
  });
  return folder;
}
