#!/usr/bin/env node
// Runs brokerctl from its sources: builds it first, which takes a fraction of a second.
import {createRequire} from 'node:module';
import {build} from '../build.js';

await build();
createRequire(import.meta.url)('./run.cjs');
