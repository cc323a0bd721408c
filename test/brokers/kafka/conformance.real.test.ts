import {describeConformance} from '../../conformance/suite.ts';
import {kafkaHarness} from '../../conformance/kafka-harness.ts';

await describeConformance(kafkaHarness);
