import {connect} from 'node:tls';

/** True when a server finishes a TLS handshake, whatever its certificate. Nothing is sent over the connection. */
export function speaksTls(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({host, port, rejectUnauthorized: false, timeout: timeoutMs});
    const settle = (speaks: boolean) => {
      resolve(speaks);
      socket.destroy();
    };
    socket.once('secureConnect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
