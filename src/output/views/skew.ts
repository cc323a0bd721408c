import type {SkewMeasure, SkewRow, SkewVerdict} from '../../model/rows/skew.ts';
import {cutText, escapeText} from '../escape.ts';
import type {Fact, Tone, View} from '../view.ts';
import {bytesCell, rateCell, timeCell} from './cells.ts';

export interface SkewViewOptions {
  readonly by: SkewMeasure;
  /** Each row as sections, with a bar for each part. */
  readonly inFull: boolean;
}

const tones: Readonly<Record<SkewVerdict, Tone>> = {
  ok: 'good',
  skewed: 'bad',
  'too-few': 'dim',
  'not-partitioned': 'dim',
  unknown: 'warn',
};

export function skewView({by, inFull}: SkewViewOptions): View<SkewRow> {
  const ofReaders = by === 'lag' || by === 'consumers';
  return {
    command: 'skew',
    columns: [
      {key: 'context', heading: 'context', value: row => row.context, ofSeveral: true},
      {key: 'system', heading: 'system', value: row => row.system, wide: true},
      {
        key: 'subscription',
        heading: terms => terms?.subscription ?? 'subscription',
        value: row => row.subscription,
        wide: !ofReaders,
      },
      {
        key: 'destination',
        heading: terms => terms?.destination ?? 'destination',
        value: row => row.destination,
        priority: by === 'consumers' ? 4 : 0,
      },
      {key: 'by', heading: 'by', value: row => row.by, wide: true},
      {
        key: 'partitions',
        heading: terms => (terms?.partition ? `${terms.partition}s` : 'partitions'),
        value: row => row.partitions,
        align: 'right',
        priority: 5,
      },
      {
        key: 'total',
        heading: by === 'consumers' ? 'assigned' : by === 'keys' ? 'sampled' : by,
        value: row => row.total,
        text: row => amount(row, row.total),
        align: 'right',
        priority: 3,
      },
      {key: 'mean', heading: 'mean', value: row => row.mean, text: row => amount(row, row.mean), wide: true},
      {key: 'max', heading: 'most', value: row => row.max, text: row => amount(row, row.max), align: 'right'},
      {
        key: 'maxPartition',
        heading: 'most in',
        value: row => row.maxPartition,
        align: 'right',
        priority: 2,
      },
      {
        key: 'ratio',
        heading: 'most/mean',
        value: row => row.ratio,
        text: ({ratio}) => (ratio === null ? '-' : ratio.toFixed(1)),
        align: 'right',
        priority: 1,
      },
      {key: 'values', heading: 'spread', value: row => row.values, text: profile, priority: 6},
      {key: 'verdict', heading: 'verdict', value: row => row.verdict, tone: row => tones[row.verdict]},
      {
        key: 'causes',
        heading: 'causes',
        value: row => row.causes,
        text: row => row.causes.map(({code}) => code).join(' '),
        wide: true,
      },
      {
        key: 'morePartitionsHelp',
        heading: terms => `more ${terms?.partition ?? 'partition'}s help`,
        value: row => row.morePartitionsHelp,
        wide: true,
      },
      {key: 'keys', heading: 'top key', value: row => row.keys, text: topKey, wide: by !== 'keys', flexible: true},
      {key: 'members', heading: 'members', value: row => row.members, wide: true},
      {key: 'method', heading: 'method', value: row => row.method, wide: true},
      {key: 'exact', heading: 'exact', value: row => row.exact, text: row => (row.exact ? 'yes' : 'no'), wide: true},
      {key: 'asOf', heading: 'as of', value: row => row.asOf, text: row => timeCell(row.asOf), wide: true},
      {key: 'problem', heading: 'problem', value: row => row.problem, wide: true, flexible: true},
    ],
    ...(inFull && {facts: sections}),
  };
}

function amount({by}: SkewRow, value: number | null): string {
  if (value === null) return 'unknown';
  if (by === 'bytes') return bytesCell(value);
  if (by === 'rate') return rateCell(value);
  return String(Number(value.toFixed(1)));
}

const levels = ' .:-=+*#%@';
/** Parts in the one-line profile; of more, each character is the greatest of several. */
const profileWidth = 16;

/** One character a part, the denser the greater; `?` is unknown. */
function profile({values, max}: SkewRow): string {
  const each = Math.ceil(values.length / profileWidth);
  const groups = Array.from({length: Math.ceil(values.length / Math.max(1, each))}, (_, index) =>
    values.slice(index * each, (index + 1) * each).map(({value}) => value),
  );
  const signs = groups.map(group => {
    const known = group.flatMap(value => value ?? []);
    if (known.length < group.length) return '?';
    const share = max ? Math.max(...known) / max : 0;
    return levels[Math.ceil(share * (levels.length - 1))] ?? ' ';
  });
  return `|${signs.join('')}|`;
}

function topKey({keys}: SkewRow): string {
  const [first] = keys ?? [];
  return first === undefined ? '' : `${percent(first.share)} ${first.key}`;
}

/*
 * In full. The widths add up to less than 80 columns: two of indent, a name of up to 24, two between, and the value.
 */
const nameWidth = 24;
const barWidth = 28;
const proseWidth = 52;
/** Of more parts only the greatest have a bar. */
const mostBars = 32;

function sections(row: SkewRow): Fact[] {
  const {destination, subscription, by, values, keys} = row;
  const section = [subscription, destination].filter(name => name !== null).join(' in ') || 'all';
  const fact = (name: string, value: string): Fact => ({section: `${section} (${row.context}), by ${by}`, name, value});
  const prose = (name: string, text: string) => wrapped(text).map((line, index) => fact(index === 0 ? name : '', line));
  const facts = [
    fact('verdict', row.verdict),
    ...row.causes.flatMap(({code, message}) => prose(code, message)),
    ...(row.problem === null ? [] : prose('problem', row.problem)),
    ...(row.ratio === null ? [] : [fact('most/mean', row.ratio.toFixed(2))]),
    fact('total', amount(row, row.total)),
    ...prose('method', row.method),
  ];
  const untold = row.verdict === 'skewed' && row.causes.length === 0 && destination !== null;
  if (untold) facts.push(fact('next', `brokerctl skew ${destination} --by keys`));
  return [...facts, ...bars(row, values), ...(keys ?? []).map(key => keyFact(row, key))];
}

function bars(row: SkewRow, values: SkewRow['values']): Fact[] {
  const drawn =
    values.length <= mostBars ? values : [...values].sort((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, mostBars);
  const section =
    drawn.length < values.length
      ? `the greatest ${drawn.length} of ${values.length}`
      : row.by === 'consumers'
        ? 'members'
        : 'partitions';
  const amounts = drawn.map(({value}) => amount(row, value));
  const width = Math.max(0, ...amounts.map(text => text.length));
  return drawn.map(({partition, member, value}, index) => {
    const name = row.by === 'consumers' ? (member ?? '(no work)') : (partition ?? row.destination ?? '-');
    const share = value !== null && row.total ? value / row.total : null;
    const cells = [
      (amounts[index] ?? '').padStart(width),
      (share === null ? '' : percent(share)).padStart(5),
      bar(value, row.max),
    ];
    return {section, name: cutText(escapeText(name), nameWidth), value: cells.join('  ').trimEnd()};
  });
}

function bar(value: number | null, max: number | null): string {
  if (value === null || !max) return '';
  return '#'.repeat(value > 0 ? Math.max(1, Math.round((value / max) * barWidth)) : 0);
}

function keyFact({partitions}: SkewRow, key: NonNullable<SkewRow['keys']>[number]): Fact {
  const error = key.errorBound === 0 ? '' : ` (-${key.errorBound})`;
  const where = key.partitions === null || partitions === 1 ? '' : `  in ${key.partitions.join(', ')}`;
  const value = `${String(key.count).padStart(7)}${error}  ${percent(key.share).padStart(5)}${where}`;
  return {section: 'keys', name: cutText(escapeText(key.key), nameWidth), value: cutText(value, proseWidth)};
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`;
}

/** Breaks prose into lines at spaces; a word that is longer than a line is left whole. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < proseWidth) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
