import {describe, expect, test} from 'vitest';
import {parse as parseYaml} from 'yaml';
import {Failure} from '../../src/model/failure.ts';
import type {LiveReport, Report} from '../../src/model/report.ts';
import {render, type RenderOptions} from '../../src/output/render.ts';
import {checkKeys} from '../../src/output/select.ts';
import type {View} from '../../src/output/view.ts';

interface Row {
  readonly name: string;
  readonly count: number | bigint | null;
  readonly at?: Date | null;
  readonly body?: unknown;
}

const view: View<Row> = {
  command: 'try',
  columns: [
    {key: 'context', heading: 'context', value: () => 'test', ofSeveral: true},
    {key: 'name', heading: terms => terms?.destination ?? 'destination', value: row => row.name},
    {key: 'count', heading: 'count', value: row => row.count, align: 'right', tone: () => 'bad'},
    {key: 'at', heading: 'at', value: row => row.at ?? null, priority: 1},
    {key: 'body', heading: 'body', value: row => row.body ?? null, flexible: true},
    {key: 'more', heading: 'more', value: () => 'more', wide: true},
  ],
};

const plain: RenderOptions = {
  format: 'table',
  headers: true,
  columns: null,
  sort: null,
  width: null,
  colour: false,
  terms: null,
  contexts: ['test'],
};

const rows: readonly Row[] = [
  {name: 'orders', count: 12, body: 'one'},
  {name: '日本', count: null, body: {two: 2}},
];

async function text(report: Report<Row> | LiveReport<Row>, options: Partial<RenderOptions> = {}): Promise<string> {
  let out = '';
  for await (const piece of render(report, view, {...plain, ...options})) out += piece;
  return out;
}

const of = (given: readonly Row[], more: Partial<Report<Row>> = {}): Report<Row> => ({
  rows: given,
  warnings: [],
  failures: [],
  ...more,
});

async function* inBatches(...batches: readonly (readonly Row[])[]) {
  yield* batches;
}

describe('tables', () => {
  test('columns stand under their headings, wide characters taking two', async () => {
    expect(await text(of(rows))).toBe(
      ['DESTINATION  COUNT  BODY', 'orders          12  one', '日本             -  {"two":2}', ''].join('\n'),
    );
  });

  test("the broker's own word, no headings, no rows", async () => {
    const terms = {destination: 'topic'} as RenderOptions['terms'];
    expect((await text(of(rows), {terms})).split('\n')[0]).toBe('TOPIC   COUNT  BODY');
    expect((await text(of(rows), {headers: false})).split('\n')).toHaveLength(3);
    expect(await text(of([]))).toBe('');
  });

  test('in a narrow terminal the least needed column goes, and a body is cut', async () => {
    const wide = [{name: 'orders', count: 1, at: new Date(0), body: 'x'.repeat(200)}];
    for (const width of [80, 60, 40]) {
      const lines = (await text(of(wide), {width})).trimEnd().split('\n');
      expect(Math.max(...lines.map(line => line.length))).toBe(width);
      expect(lines[1]?.endsWith('…')).toBe(true);
    }
    expect(await text(of(wide), {width: 80})).toContain('1970-01-01');
    expect(await text(of(wide), {width: 50})).not.toContain('1970-01-01');
    expect(await text(of(wide), {width: 50, columns: ['name', 'at']})).toContain('1970-01-01');
  });

  test('wide columns on request, the context where there are several', async () => {
    expect(await text(of(rows))).not.toMatch(/MORE|CONTEXT/);
    expect(await text(of(rows), {format: 'wide'})).toContain('MORE');
    expect(await text(of(rows), {contexts: ['a', 'b']})).toContain('CONTEXT');
  });

  test('colour only when asked for', async () => {
    expect(await text(of(rows))).not.toContain('\u001b');
    expect(await text(of(rows), {colour: true})).toContain('\u001b[31m12\u001b[0m');
  });

  test('ten thousand rows are drawn in the time of ten thousand rows', async () => {
    const many = Array.from({length: 10_000}, (_, index) => ({name: `name ${index}`, count: index}));
    expect((await text(of(many))).split('\n')).toHaveLength(10_002);
  });
});

describe('documents', () => {
  const warnings = [{code: 'inexact', message: 'late', context: 'test'}];
  const failures = [new Failure('unreachable', 'no answer', {context: 'other', broker: 'refused'})];

  test('JSON is the envelope, with failures among its warnings', async () => {
    const given = [{name: 'a', count: 2n ** 63n, at: new Date(0), body: Buffer.from([255])}];
    expect(JSON.parse(await text(of(given, {warnings, failures}), {format: 'json'}))).toEqual({
      command: 'try',
      version: 1,
      contexts: ['test'],
      result: [
        {
          context: 'test',
          name: 'a',
          count: '9223372036854775808',
          at: '1970-01-01T00:00:00.000Z',
          body: '/w==',
          more: 'more',
        },
      ],
      warnings: [...warnings, {code: 'unreachable', message: 'no answer: refused', context: 'other'}],
    });
  });

  test('no rows are an empty list', async () => {
    expect(JSON.parse(await text(of([]), {format: 'json'}))).toMatchObject({result: [], warnings: []});
  });

  test('YAML holds the same', async () => {
    const odd = of([{name: 'a\u001b[31m\u202e', count: null, body: {yes: 'no', n: '1', t: 'a\nb'}}], {warnings});
    const yaml = await text(odd, {format: 'yaml'});
    expect(parseYaml(yaml)).toEqual(JSON.parse(await text(odd, {format: 'json'})));
    expect(yaml).not.toContain('\u001b');
    expect(yaml).not.toContain('\u202e');
  });

  test('NDJSON is one row a line', async () => {
    const lines = (await text(of(rows), {format: 'ndjson'})).trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line) as Row).map(({name}) => name)).toEqual(['orders', '日本']);
  });

  test('CSV quotes as RFC 4180 says, and leaves no formula', async () => {
    const given: Row[] = [
      {name: 'a,"b"', count: -5, body: 'two\nlines'},
      {name: '=cmd|calc', count: null, body: '@SUM(A1)'},
      {name: '-12', count: 1, body: '+1+2'},
    ];
    expect(await text(of(given), {format: 'csv', columns: ['name', 'count', 'body']})).toBe(
      ['name,count,body', '"a,""b""",-5,"two\nlines"', "'=cmd|calc,,'@SUM(A1)", "-12,1,'+1+2", ''].join('\r\n'),
    );
  });
});

describe('columns and sorting', () => {
  const numbered = of([
    {name: 'p10', count: 3},
    {name: 'p2', count: null},
    {name: 'p1', count: 20n},
  ]);
  const names = async (sort: string) =>
    (await text(numbered, {sort, columns: ['name'], headers: false})).trimEnd().split('\n');

  test('by number and by name, the unknown last', async () => {
    expect(await names('count')).toEqual(['p10', 'p1', 'p2']);
    expect(await names('-count')).toEqual(['p1', 'p10', 'p2']);
    expect(await names('name')).toEqual(['p1', 'p2', 'p10']);
  });

  test('a column that is not there is a usage error that lists those that are', async () => {
    await expect(text(of(rows), {columns: ['nope']})).rejects.toMatchObject({
      kind: 'usage',
      hints: [expect.stringContaining('name, count')],
    });
    await expect(text(of(rows), {sort: '-nope'})).rejects.toMatchObject({kind: 'usage'});
  });

  test('JSON holds the columns asked for', async () => {
    const {result} = JSON.parse(await text(of(rows), {format: 'json', columns: ['COUNT', 'name']})) as {
      result: unknown[];
    };
    expect(result[0]).toEqual({count: 12, name: 'orders'});
  });
});

describe('rows that come over time', () => {
  const live = (...batches: readonly (readonly Row[])[]): LiveReport<Row> => ({
    rows: inBatches(...batches),
    warnings: [],
    failures: [],
  });

  test('a short one looks as it would in one piece', async () => {
    expect(await text(live([], rows.slice(0, 1), rows.slice(1)))).toBe(await text(of(rows)));
  });

  test.each(['json', 'ndjson', 'csv', 'yaml'] as const)('%s is the same document', async format => {
    expect(await text(live(rows.slice(0, 1), rows.slice(1)), {format})).toBe(await text(of(rows), {format}));
  });

  test('warnings met on the way are in the document', async () => {
    const warnings: {code: string; message: string; context: null}[] = [];
    async function* warned() {
      yield rows;
      warnings.push({code: 'late', message: 'met on the way', context: null});
    }
    const document = JSON.parse(await text({rows: warned(), warnings, failures: []}, {format: 'json'})) as Report<Row>;
    expect(document.warnings).toEqual(warnings);
  });

  test('a column that says the same as another in the words of one broker is left out of its table', async () => {
    const [first, ...others] = view.columns;
    if (!first) throw new Error('no column');
    const redundant = {
      ...view,
      columns: [{...first, ofSeveral: false, redundant: (terms: unknown) => terms === null}, ...others],
    };
    const drawn = async (format: 'table' | 'csv') => {
      let out = '';
      for await (const piece of render(of(rows), redundant, {...plain, format})) out += piece;
      return out;
    };
    expect(await drawn('table')).not.toMatch(/context/i);
    expect(await drawn('csv')).toContain('context');
  });

  test('they cannot be sorted', () => {
    expect(() => checkKeys({...view, live: true}, {...plain, sort: 'name'})).toThrow('cannot sort');
    expect(() => checkKeys(view, {...plain, sort: 'name'})).not.toThrow();
  });

  test('the source is ended when the reader stops', async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) yield rows;
      } finally {
        ended = true;
      }
    }
    for await (const _ of render({rows: endless(), warnings: [], failures: []}, view, plain)) break;
    expect(ended).toBe(true);
  });
});
