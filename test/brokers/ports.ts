import {createServer} from 'node:net';

// Below the ports that Linux hands to outgoing connections (32768 and up): one of those could take a port of ours
// between the moment it is found free and the moment the server binds it.
const first = 20_000;
const last = 32_000;

function isFree(port: number): Promise<boolean> {
  return new Promise(done => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen({port, host: '127.0.0.1', exclusive: true}, () => probe.close(() => done(true)));
  });
}

const given = new Set<number>();

/** The first of `count` neighbouring ports that are free on loopback and were not given out by this process. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = first + Math.floor(Math.random() * (last - first - count));
    const block = Array.from({length: count}, (_, i) => base + i);
    if (block.some(port => given.has(port))) continue;
    block.forEach(port => given.add(port));
    if ((await Promise.all(block.map(isFree))).every(Boolean)) return base;
  }
  throw new Error(`no ${count} neighbouring free ports between ${first} and ${last}`);
}
