import type {CapabilityRow} from '../../model/rows/capability.ts';
import type {System} from '../../model/system.ts';
import type {Tone, View} from '../view.ts';

type Level = CapabilityRow['level'];

const tones: Readonly<Record<Level, Tone>> = {native: 'good', emulated: 'warn', none: 'dim'};

/** One line an operation and broker, with its reason. */
export const capabilityView: View<CapabilityRow> = {
  command: 'capabilities',
  columns: [
    {key: 'context', heading: 'context', value: row => row.context, ofSeveral: true},
    {key: 'system', heading: 'system', value: row => row.system, wide: true},
    {
      key: 'destination',
      heading: terms => terms?.destination ?? 'destination',
      value: row => row.destination,
      wide: true,
    },
    {key: 'operation', heading: 'operation', value: row => row.operation},
    {key: 'meaning', heading: 'meaning', value: row => row.meaning, wide: true},
    {key: 'level', heading: 'support', value: row => row.level, tone: row => tones[row.level]},
    {
      key: 'note',
      heading: 'note',
      value: row => row.note,
      text: row => [row.note, row.instead].filter(part => part !== null).join(' · '),
      wrap: true,
    },
    {key: 'instead', heading: 'instead', value: row => row.instead, wide: true},
  ],
};

/** One line an operation, one column a system. */
interface MatrixRow {
  readonly operation: string;
  readonly meaning: string;
  readonly levels: ReadonlyMap<System, Level>;
}

export function capabilityMatrix(rows: readonly CapabilityRow[]): {rows: readonly MatrixRow[]; view: View<MatrixRow>} {
  const systems = [...new Set(rows.map(({system}) => system))];
  const operations = new Map(rows.map(({operation, meaning}) => [operation, meaning]));
  return {
    rows: [...operations].map(([operation, meaning]) => ({
      operation,
      meaning,
      levels: new Map(rows.filter(row => row.operation === operation).map(({system, level}) => [system, level])),
    })),
    view: {
      command: 'capabilities',
      columns: [
        {key: 'operation', heading: 'operation', value: row => row.operation},
        ...systems.map(system => ({
          key: system,
          heading: system,
          value: ({levels}: MatrixRow) => levels.get(system) ?? null,
          tone: ({levels}: MatrixRow) => tones[levels.get(system) ?? 'none'],
        })),
        {key: 'meaning', heading: 'meaning', value: row => row.meaning, wrap: true},
      ],
    },
  };
}

/** The matrix as Markdown for the README: what is emulated or impossible has its reason below the table. */
export function capabilityMarkdown(rows: readonly CapabilityRow[]): string {
  const {rows: lines, view} = capabilityMatrix(rows);
  const systems = view.columns.map(({key}) => key).filter(key => key !== 'operation' && key !== 'meaning');
  const notes: string[] = [];
  const cell = (operation: string, system: string): string => {
    const row = rows.find(one => one.operation === operation && one.system === system);
    if (!row || row.level === 'native') return row ? 'yes' : '';
    const note = [row.note, row.instead].filter(part => part !== null).join('. ');
    const known = notes.indexOf(note);
    const number = known === -1 ? notes.push(note) : known + 1;
    return `${row.level === 'emulated' ? 'emulated' : 'no'} <sup>${number}</sup>`;
  };
  return [
    `| operation | ${systems.join(' | ')} | what it is |`,
    `|---|${systems.map(() => '---|').join('')}---|`,
    ...lines.map(
      ({operation, meaning}) =>
        `| \`${operation}\` | ${systems.map(system => cell(operation, system)).join(' | ')} | ${meaning} |`,
    ),
    '',
    ...notes.map((note, index) => `${index + 1}. ${note}`),
  ].join('\n');
}
