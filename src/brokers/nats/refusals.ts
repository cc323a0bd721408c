import {Events} from 'nats';
import type {NatsConnection} from 'nats';

/**
 * Publishes without the right to it. The server refuses them on the connection, and they get no answer: whoever waits for
 * one on the subject is told here.
 */
export class Refusals {
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(link: NatsConnection) {
    void this.#watch(link);
  }

  /** Calls back when a publish on the subject is refused, until the returned function is called. */
  on(subject: string, refused: () => void): () => void {
    const waiting = this.#waiting.get(subject) ?? new Set();
    this.#waiting.set(subject, waiting);
    waiting.add(refused);
    return () => {
      waiting.delete(refused);
      if (waiting.size === 0) this.#waiting.delete(subject);
    };
  }

  /** Ends with the connection. */
  async #watch(link: NatsConnection): Promise<void> {
    for await (const {type, permissionContext: context} of link.status()) {
      if (type !== Events.Error || context?.operation !== 'publish') continue;
      for (const refused of [...(this.#waiting.get(context.subject) ?? [])]) refused();
    }
  }
}
