import type {Target} from '../../model/target.ts';
import type {Delivery, Outcome, Taker} from '../port.ts';
import {connect} from './amqp.ts';
import {readMessage} from './message.ts';
import type {LookUpQueue} from './queue-facts.ts';
import {QueueHold} from './queue-hold.ts';
import type {Held} from './queue-hold.ts';

/** A prefetch count has 16 bits. */
const largestWindow = 0xff_ff;

/**
 * Takes messages from classic and quorum queues. Each take has a connection of its own, open until all that it gave out
 * is settled: a broker takes back whatever a connection held when it ends. Dispose of the taker to end all of them.
 *
 * A returned message goes back when the take has ended: put back earlier it would be the next to come, for a queue hands
 * out its head. Until then the broker holds it for us, and not in the window.
 */
export function rabbitTaker(target: Target, lookUp: LookUpQueue): Taker & AsyncDisposable {
  const holds = new Set<QueueHold>();

  return {
    async *take(destination, {window, limit}, signal) {
      const facts = await lookUp(destination, signal);
      const options = {queue: destination, facts, window: Math.min(window, largestWindow), limit};
      const hold = new QueueHold(target, await connect(target, signal), options);
      holds.add(hold);
      try {
        for (;;) {
          const held = await hold.next(signal);
          if (held.length === 0) return;
          yield held.map(one => ({
            message: readMessage(one.received, destination, facts),
            token: one,
            returnsLeft: one.lives.returnsLeft,
          }));
        }
      } finally {
        // Also after the signal: what we hold and did not give out goes back.
        await hold.end(new AbortController().signal);
        if (hold.finished) holds.delete(hold);
      }
    },

    async settle(deliveries, how, signal) {
      const outcomes = new Map<Delivery, Outcome>();
      for (const hold of new Set(deliveries.map(({token}) => (token as Held).hold))) {
        const ours = deliveries.filter(({token}) => (token as Held).hold === hold);
        const held = ours.map(({token}) => token as Held);
        const results = await (how === 'accept' ? hold.accept(held, signal) : hold.return(held, signal));
        results.forEach((outcome, index) => {
          const delivery = ours[index];
          if (delivery) outcomes.set(delivery, outcome);
        });
        if (hold.finished) holds.delete(hold);
      }
      return deliveries.flatMap(delivery => outcomes.get(delivery) ?? []);
    },

    async [Symbol.asyncDispose]() {
      await Promise.all([...holds].map(hold => hold[Symbol.asyncDispose]()));
      holds.clear();
    },
  };
}
