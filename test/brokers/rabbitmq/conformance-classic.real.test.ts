import {describeConformance} from '../../conformance/suite.ts';
import {rabbitmqHarness} from '../../conformance/rabbitmq-harness.ts';
import {rabbitmqLines} from '../real.ts';

for (const line of rabbitmqLines()) await describeConformance(() => rabbitmqHarness(line, 'classic'));
