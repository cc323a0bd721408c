import {describeConformance} from '../../conformance/suite.ts';
import {natsHarness} from '../../conformance/nats-harness.ts';

await describeConformance(natsHarness);
