/** What we use of an OpenAPI 3.1 document. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  additionalProperties?: Schema | boolean;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}
export interface Parameter {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
  schema?: Schema;
}
type Content = Record<string, { schema?: Schema }>;
export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Content; required?: boolean };
  responses?: Record<string, { description?: string; content?: Content }>;
}
export interface Document {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** An operation with its place. */
export interface Entry {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}
export interface Group {
  name: string;
  entries: Entry[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** All operations by tag, tags by name. */
export function groups(document: Document): Group[] {
  const found = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? '';
      const entry = { id: operation.operationId ?? `${method} ${path}`, method, path, operation };
      found.set(tag, [...(found.get(tag) ?? []), entry]);
    }
  }
  return [...found]
    .map(([name, entries]) => ({ name, entries }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Groups with what has every word of the search in method, path, summary or group. */
export function search(all: Group[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all;
  return all
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter((e) => {
        const hay = `${name} ${e.method} ${e.path} ${e.operation.summary ?? ''}`.toLowerCase();
        return words.every((word) => hay.includes(word));
      }),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The schema that a reference names, or the schema itself. */
export function resolve(document: Document, schema: Schema): { schema: Schema; name?: string } {
  const name = schema.$ref?.split('/').pop();
  if (!name) return { schema };
  return { schema: document.components?.schemas?.[name] ?? {}, name };
}

const isNull = (schema: Schema) => schema.type === 'null';

/** A schema's type in a few words, such as `list of string` or `Template or nothing`. */
export function typeOf(document: Document, schema: Schema): string {
  if (schema.$ref) {
    const { schema: to, name = '' } = resolve(document, schema);
    if (to.properties || to.allOf || to.oneOf) return name;
    return typeOf(document, to);
  }
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const any = schema.oneOf ?? schema.anyOf;
  if (any) {
    return any
      .map((one) => (isNull(one) ? 'null' : typeOf(document, one)))
      .filter((word, n, words) => words.indexOf(word) === n)
      .join(' | ');
  }
  const types = [schema.type ?? 'any'].flat();
  return types
    .map((type) => {
      if (type !== 'array') return type;
      const { items } = schema;
      return typeof items === 'object' ? `${typeOf(document, items)}[]` : 'array';
    })
    .join(' | ');
}

export interface Field {
  name: string;
  type: string;
  required: boolean;
  about: string;
  depth: number;
}

/** What to look into for fields: behind references, lists and `or nothing`. */
function inner(document: Document, schema: Schema): { schema: Schema; name?: string } {
  if (schema.$ref) return resolve(document, schema);
  if (typeof schema.items === 'object') return inner(document, schema.items);
  const some = (schema.oneOf ?? schema.anyOf)?.filter((one) => !isNull(one));
  const only = some?.length === 1 ? some[0] : undefined;
  return only ? inner(document, only) : { schema };
}

/** The fields of a body, those of nested objects below theirs; a schema within itself is not opened again. */
export function fields(document: Document, schema: Schema, depth = 0, above: string[] = []): Field[] {
  const { schema: object, name } = inner(document, schema);
  if (depth > 4 || (name && above.includes(name))) return [];
  const path = name ? [...above, name] : above;
  if (object.allOf) return object.allOf.flatMap((part) => fields(document, part, depth, path));
  const variants = object.oneOf?.filter((one) => !isNull(one)) ?? [];
  const own = Object.entries(object.properties ?? {}).flatMap(([key, property]) => [
    {
      name: key,
      type: typeOf(document, property),
      required: object.required?.includes(key) ?? false,
      about: property.description ?? inner(document, property).schema.description ?? '',
      depth,
    },
    ...fields(document, property, depth + 1, path),
  ]);
  return [...own, ...variants.flatMap((one) => fields(document, one, depth, path))];
}

/** An example of a value: what is required, and nothing else. */
export function example(document: Document, schema: Schema, depth = 0): unknown {
  const { schema: to } = resolve(document, schema);
  if (depth > 4) return null;
  if (to.enum) return to.enum[0];
  if (to.allOf) return Object.assign({}, ...to.allOf.map((part) => example(document, part, depth + 1)));
  const any = (to.oneOf ?? to.anyOf)?.find((one) => !isNull(one));
  if (any) return example(document, any, depth + 1);
  if (to.properties) {
    const needed = Object.entries(to.properties).filter(([key]) => to.required?.includes(key));
    return Object.fromEntries(needed.map(([key, one]) => [key, example(document, one, depth + 1)]));
  }
  const type = [to.type ?? 'object'].flat()[0];
  if (type === 'array') return typeof to.items === 'object' ? [example(document, to.items, depth + 1)] : [];
  if (type === 'string') return '...';
  if (type === 'integer' || type === 'number') return 0;
  if (type === 'boolean') return true;
  return {};
}

/** The body's kind and schema, JSON first. */
export function bodyOf(operation: Operation): { kind: string; schema: Schema } | undefined {
  const content = Object.entries(operation.requestBody?.content ?? {});
  const [kind, body] = content.find(([name]) => name.includes('json')) ?? content[0] ?? [];
  return kind ? { kind, schema: body?.schema ?? {} } : undefined;
}

/** A request for a terminal; the key comes from the variable `HARKARA_KEY`. */
export function curl(document: Document, { method, path, operation }: Entry, origin: string): string {
  const body = bodyOf(operation);
  const needed = (operation.parameters ?? []).filter((p) => p.in === 'query' && p.required);
  const query = needed.map((p) => `${p.name}=...`).join('&');
  const url = `${origin}${path.replace(/\{(\w+)\}/g, (_, name: string) => `${name.toUpperCase()}`)}`;
  const lines = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "${url}${query ? `?${query}` : ''}"`,
    `-H "Authorization: Bearer $HARKARA_KEY"`,
  ];
  if (body?.kind.includes('json')) {
    const json = JSON.stringify(example(document, body.schema), null, 2).replaceAll("'", "'\\''");
    lines.push(`-H "Content-Type: application/json"`, `-d '${json}'`);
  } else if (body) {
    lines.push(`-H "Content-Type: ${body.kind}"`, '--data-binary @FILE');
  }
  return lines.join(' \\\n  ');
}
