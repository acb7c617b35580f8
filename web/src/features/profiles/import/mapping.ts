import type { Schemas } from '~/api/client';

/** What a column of a file is used as. */
export const USES = ['phone', 'identity', 'name', 'opt_in', 'attribute', 'ignore'] as const;
export type Use = (typeof USES)[number];

export interface Mapped {
  column: string;
  samples: string[];
  use: Use;
  /** Name of the attribute that it becomes, when it is used as one. */
  attribute: string;
}

export const OPT_INS = ['column', 'record', 'leave'] as const;
export type OptIn = (typeof OPT_INS)[number];

/** Everything that an import is told besides the file. */
export interface Settings {
  columns: Mapped[];
  delimiter: string;
  region: string;
  optIn: OptIn;
  source: string;
  list: string;
}

/** What the server takes the columns for. */
export const fromPreview = (columns: Schemas['ImportColumn'][]): Mapped[] =>
  columns.map(({ name, samples, guess }) => ({
    column: name,
    samples,
    use: USES.find((use) => use === guess.as) ?? 'attribute',
    attribute: guess.attribute || name,
  }));

/** Gives a column a use. What only one column can be is taken from the other, which becomes an attribute. */
export const withUse = (columns: Mapped[], at: number, use: Use): Mapped[] =>
  columns.map((one, index) => {
    if (index === at) return { ...one, use };
    const single = use !== 'attribute' && use !== 'ignore';
    return single && one.use === use ? { ...one, use: 'attribute' } : one;
  });

export const withAttribute = (columns: Mapped[], at: number, attribute: string): Mapped[] =>
  columns.map((one, index) => (index === at ? { ...one, attribute } : one));

export type MappingProblem =
  | 'no_person'
  | 'no_attribute_name'
  | 'colon'
  | 'twice'
  | 'no_source'
  | 'no_consent_column';

/** What has to be mended before the file can be checked; `at` is the column at fault. */
export function problemsOf({ columns, optIn, source }: Settings): { what: MappingProblem; at?: number }[] {
  const problems: { what: MappingProblem; at?: number }[] = [];
  const has = (use: Use) => columns.some((one) => one.use === use);
  if (!has('phone') && !has('identity')) problems.push({ what: 'no_person' });
  const names = new Set<string>();
  columns.forEach(({ use, attribute }, at) => {
    if (use !== 'attribute') return;
    const name = attribute.trim();
    if (name === '') problems.push({ what: 'no_attribute_name', at });
    else if (name.includes(':')) problems.push({ what: 'colon', at });
    else if (names.has(name)) problems.push({ what: 'twice', at });
    names.add(name);
  });
  if (optIn === 'record' && source.trim() === '') problems.push({ what: 'no_source' });
  if (optIn === 'column' && !has('opt_in')) problems.push({ what: 'no_consent_column' });
  return problems;
}

const PARAMETERS = {
  phone: 'phone_column',
  identity: 'identity_column',
  name: 'name_column',
  opt_in: 'opt_in_column',
} as const;

/** The query of `/imports` and `/imports/check`. Each column is named, so that nothing is left to guessing. */
export function queryOf(settings: Settings, fileName: string): string {
  const query = new URLSearchParams({ file_name: fileName, opt_in: settings.optIn });
  for (const { column, use, attribute } of settings.columns) {
    // A column without a name is never taken over.
    if (column === '') continue;
    if (use === 'ignore') query.append('ignore', column);
    else if (use === 'attribute') query.append('attribute', `${column}:${attribute.trim()}`);
    else query.set(PARAMETERS[use], column);
  }
  const { delimiter, region, source, list } = settings;
  if (delimiter) query.set('delimiter', delimiter === '\t' ? 'tab' : delimiter);
  if (region) query.set('region', region);
  if (source.trim()) query.set('source', source.trim());
  if (list.trim()) query.set('list', list.trim());
  return query.toString();
}
