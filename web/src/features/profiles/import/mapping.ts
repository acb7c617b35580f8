import type { Schemas } from '~/api/client';

/** What a column of a file is used as. */
export const USES = ['phone', 'identity', 'name', 'opt_in', 'attribute', 'ignore'] as const;
export type Use = (typeof USES)[number];

/** What the values of a column that becomes an attribute are. */
export const TYPES = [
  'text',
  'number',
  'number_comma',
  'boolean',
  'date_ymd',
  'date_dmy',
  'date_mdy',
] as const;
export type Type = (typeof TYPES)[number];

/** The type of the attribute that such values become. */
export const kindOf = (type: Type): string =>
  type.startsWith('date') ? 'date' : type === 'number_comma' ? 'number' : type;

export interface Mapped {
  column: string;
  samples: string[];
  use: Use;
  /** Name of the attribute that it becomes, when it is used as one. */
  attribute: string;
  /** What its first values can be read as. */
  fits: Type[];
  /** What its values are; `undefined` as long as only a person can say it. */
  type: Type | undefined;
}

/** Attributes that people have, with the types of their values. */
export type Known = { name: string; types: string[] }[];

export const OPT_INS = ['column', 'record', 'leave'] as const;
export type OptIn = (typeof OPT_INS)[number];

/** Everything that an import is told besides the file. */
export interface Settings {
  columns: Mapped[];
  /** Empty where the server is to guess, which is then done from the whole file. */
  encoding: string;
  header: boolean;
  delimiter: string;
  region: string;
  optIn: OptIn;
  source: string;
  list: string;
}

/** What the server takes the columns for. */
export const fromPreview = (columns: Schemas['ImportColumn'][], known: Known): Mapped[] =>
  columns.map(({ name, samples, guess }) => {
    const attribute = guess.attribute || name;
    const fits = TYPES.filter((type) => guess.types.includes(type));
    return {
      column: name,
      samples,
      use: USES.find((use) => use === guess.as) ?? 'attribute',
      attribute,
      fits,
      type: typeFor(attribute, fits, known),
    };
  });

/** The type of an attribute that people have, else what the values are; `undefined` where there is more than one. */
export function typeFor(attribute: string, fits: Type[], known: Known): Type | undefined {
  const own = kindKnown(attribute, known);
  const fitting = own ? fits.filter((type) => kindOf(type) === own) : fits;
  const offered = fitting.length > 0 ? fitting : own ? TYPES.filter((type) => kindOf(type) === own) : [];
  if (fitting.length > 1) return undefined;
  return offered[0] ?? 'text';
}

/** The one type of the values that people have in an attribute; `undefined` when there are several, or nobody has it. */
export function kindKnown(attribute: string, known: Known): string | undefined {
  const types = known.find(({ name }) => name === attribute.trim())?.types ?? [];
  return types.length === 1 ? types[0] : undefined;
}

/** Gives a column a use. What only one column can be is taken from the other, which becomes an attribute. */
export const withUse = (columns: Mapped[], at: number, use: Use): Mapped[] =>
  columns.map((one, index) => {
    if (index === at) return { ...one, use };
    const single = use !== 'attribute' && use !== 'ignore';
    return single && one.use === use ? { ...one, use: 'attribute' } : one;
  });

/** Gives a column an attribute; of one that people have the type is known. */
export const withAttribute = (columns: Mapped[], at: number, attribute: string, known: Known): Mapped[] =>
  columns.map((one, index) => {
    if (index !== at) return one;
    const type = kindKnown(attribute, known) ? typeFor(attribute, one.fits, known) : one.type;
    return { ...one, attribute, type };
  });

export const withType = (columns: Mapped[], at: number, type: Type): Mapped[] =>
  columns.map((one, index) => (index === at ? { ...one, type } : one));

export type MappingProblem =
  | 'no_person'
  | 'no_attribute_name'
  | 'no_type'
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
  columns.forEach(({ column, use, attribute, type }, at) => {
    if (use !== 'attribute') return;
    const name = attribute.trim();
    if (name === '') problems.push({ what: 'no_attribute_name', at });
    else if (name.includes(':')) problems.push({ what: 'colon', at });
    else if (names.has(name)) problems.push({ what: 'twice', at });
    else if (column !== '' && !type) problems.push({ what: 'no_type', at });
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

/** How a file is read, as far as its rows and fields go. */
export function readingOf({
  encoding,
  delimiter,
  header,
}: Pick<Settings, 'encoding' | 'delimiter' | 'header'>): URLSearchParams {
  const query = new URLSearchParams({ header: header ? 'yes' : 'no' });
  if (encoding) query.set('encoding', encoding);
  if (delimiter) query.set('delimiter', delimiter === '\t' ? 'tab' : delimiter);
  return query;
}

/** The query of an import and of its checks. Each column is named, so that nothing is left to guessing. */
export function queryOf(settings: Settings, fileName: string): string {
  const query = readingOf(settings);
  query.set('file_name', fileName);
  query.set('opt_in', settings.optIn);
  for (const { column, use, attribute, type } of settings.columns) {
    // A column without a name is never taken over.
    if (column === '') continue;
    if (use === 'ignore') query.append('ignore', column);
    else if (use === 'attribute') {
      query.append('attribute', `${column}:${attribute.trim()}`);
      if (type) query.append('type', `${column}:${type}`);
    } else query.set(PARAMETERS[use], column);
  }
  const { region, source, list } = settings;
  if (region) query.set('region', region);
  if (source.trim()) query.set('source', source.trim());
  if (list.trim()) query.set('list', list.trim());
  return query.toString();
}
