import {connect} from 'node:net';

// Metadata v1 without topics, correlation id 0, client id "probe".
const metadataRequest = Buffer.from('000000130003000100000000000570726f626500000000', 'hex');

/** How many brokers the node's metadata lists; 0 when it does not answer. An open port alone does not mean ready. */
export function listedBrokers(port: number): Promise<number> {
  return new Promise(done => {
    let answer = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(metadataRequest));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => done(0));
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      // Length, correlation id, then the array of brokers, which begins with its count.
      if (answer.length < 12) return;
      done(answer.readInt32BE(8));
      socket.destroy();
    });
  });
}
