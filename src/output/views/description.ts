import {formatSeconds} from '../../model/duration.ts';
import type {Retention} from '../../model/destination.ts';
import type {DescriptionRow} from '../../model/rows/description.ts';
import type {Fact, View} from '../view.ts';
import {bytesCell, knownCell} from './cells.ts';

export const descriptionView: View<DescriptionRow> = {
  command: 'describe',
  columns: [
    {key: 'context', heading: 'context', value: row => row.context},
    {key: 'system', heading: 'system', value: row => row.system},
    {key: 'destination', heading: 'destination', value: row => row.destination},
    {key: 'kind', heading: 'kind', value: row => row.kind},
    {key: 'internal', heading: 'internal', value: row => row.internal},
    {key: 'retention', heading: 'retention', value: row => row.retention},
    {key: 'partitions', heading: 'partitions', value: row => row.partitions},
    {key: 'subscriptions', heading: 'subscriptions', value: row => row.subscriptions},
    {key: 'deadLetters', heading: 'dead letters', value: row => row.deadLetters},
    {key: 'capabilities', heading: 'capabilities', value: row => row.capabilities},
    {key: 'facts', heading: 'facts', value: row => row.facts},
    {key: 'record', heading: 'record', value: row => row.record},
  ],
  facts: row => [
    ...section(row.destination, [
      ['context', `${row.context} (${row.system})`],
      ['kind', row.internal ? `${row.kind}, internal` : row.kind],
      ['kept', retentionText(row.retention)],
    ]),
    ...row.facts,
    ...section(
      'Holds',
      row.partitions.map(({id, depth, first, last, problem}): [string, string] => [
        id ?? 'messages',
        problem ??
          `${knownCell(depth.messages)}${depth.bytes === null ? '' : `, ${bytesCell(depth.bytes)}`}${first === null ? '' : `, ${first} … ${last ?? '?'}`}`,
      ]),
    ),
    ...section(
      'Read by',
      row.subscriptions.map(({name, kind, lag, members}) => [
        name,
        `${kind}, ${knownCell(lag)} unread${members === null ? '' : `, ${members} connected`}`,
      ]),
    ),
    ...section(
      'Dead letters',
      row.deadLetters.map(({source, subscription, destination, foundBy}) => [
        destination === row.destination ? `from ${source ?? 'unknown'}` : `to ${destination}`,
        `${foundBy}${subscription === null ? '' : `, of ${subscription}`}`,
      ]),
    ),
    ...section(
      'Cannot, or at a cost',
      [...limits(row)].map(([note, operations]) => [operations.join(', '), note]),
    ),
  ],
};

/** Operations by what is to be said of them. */
function limits({capabilities}: DescriptionRow): Map<string, string[]> {
  const byNote = new Map<string, string[]>();
  for (const {operation, level, note, instead} of capabilities) {
    if (level === 'native') continue;
    const text = `${level === 'none' ? 'no' : level}: ${[note, instead].filter(part => part !== null).join(' · ')}`;
    byNote.set(text, [...(byNote.get(text) ?? []), operation]);
  }
  return byNote;
}

function section(name: string, lines: readonly (readonly [string, string])[]): Fact[] {
  return lines.map(([fact, value]) => ({section: name, name: fact, value}));
}

function retentionText({ageMs, bytes, messages, policy}: Retention): string {
  const limits = [
    ageMs == null ? null : formatSeconds(ageMs / 1000),
    bytes == null ? null : bytesCell(bytes),
    messages == null ? null : `${messages} messages`,
  ].filter(limit => limit !== null);
  const known = [ageMs, bytes, messages].some(limit => limit !== undefined);
  const text = limits.length > 0 ? limits.join(' or ') : known ? 'without limit' : 'unknown';
  return policy === undefined ? text : `${text} (${policy})`;
}
