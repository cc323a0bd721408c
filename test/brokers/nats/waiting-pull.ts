import {createInbox} from 'nats';
import type {NatsConnection} from 'nats';

/** A pull request that waits for one message, as a client that is idle has one; ends when it is called. */
export function waitingPull(link: NatsConnection, stream: string, consumer: string): () => void {
  const inbox = createInbox();
  const listener = link.subscribe(inbox, {callback: () => undefined});
  const request = JSON.stringify({batch: 1, expires: 60e9});
  link.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, {reply: inbox});
  return () => listener.unsubscribe();
}
