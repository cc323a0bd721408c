import {Flags} from '@oclif/core';
import {parsePosition, type Position} from '../model/position.ts';

const position = Flags.custom<Position>({parse: async word => parsePosition(word, new Date())});

/** Where to begin and to end: `earliest latest N +N -N @2026-11-23T09:00Z @-15m native:<token>`. */
export const rangeFlags = {
  from: position({
    helpValue: 'POSITION',
    summary: 'Begin here: earliest, latest, N, +N, -N, @TIME, @-15m, native:TOKEN',
  }),
  until: position({helpValue: 'POSITION', summary: 'End before this position'}),
};

/** Which messages are meant. */
export const messageFlags = {
  partition: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ID',
    summary: 'Only this partition; repeatable',
  }),
  key: Flags.string({summary: 'Only messages with this key'}),
  header: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE',
    summary: 'Only messages with this header; repeatable, all must hold',
  }),
};
