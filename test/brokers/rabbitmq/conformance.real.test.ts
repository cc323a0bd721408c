import {describeConformance} from '../../conformance/suite.ts';
import {rabbitmqHarness} from '../../conformance/rabbitmq-harness.ts';
import {rabbitmqLines} from '../real.ts';

for (const line of rabbitmqLines()) {
  for (const type of ['classic', 'quorum', 'stream'] as const) {
    await describeConformance(() => rabbitmqHarness(line, type));
  }
}
