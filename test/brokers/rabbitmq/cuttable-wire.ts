import {connect, createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';

/** A way to a real server that a test can cut, or stop from carrying the server's answers. */
export interface CuttableWire extends AsyncDisposable {
  readonly url: string;
  /** From now on nothing the server says comes through; what is said to it does. */
  deafen(): void;
  /** Undoes that for connections made from now on. */
  hearing(): {readonly url: string};
  /** Ends all connections at once, without a word. */
  cut(): void;
}

export async function cuttableWire(server: {readonly url: string; readonly amqpPort: number}): Promise<CuttableWire> {
  const sockets = new Set<Socket>();
  let deaf = false;
  const relay = createServer(client => {
    const upstream = connect(server.amqpPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', bytes => upstream.write(bytes));
    upstream.on('data', bytes => {
      if (!deaf) client.write(bytes);
    });
  });
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve));
  const {port} = relay.address() as AddressInfo;
  const url = server.url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url,
    deafen: () => (deaf = true),
    hearing() {
      deaf = false;
      return {url};
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise(resolve => relay.close(resolve));
    },
  };
}
