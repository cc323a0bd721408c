import {describeConformance} from '../../conformance/suite.ts';
import {fileHarness} from './folder-harness.ts';

await describeConformance(() => fileHarness('topic'));
await describeConformance(() => fileHarness('queue'));
