import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bodyOf, curl, type Document, fields, groups, search } from './openapi';

const document = JSON.parse(readFileSync('../openapi.json', 'utf8')) as Document;
const all = groups(document);
const entry = (method: string, path: string) => {
  const found = all.flatMap((g) => g.entries).find((e) => e.method === method && e.path === path);
  if (!found) throw new Error(`${method} ${path} is not described`);
  return found;
};

test('shows every operation once, each with a summary', () => {
  const entries = all.flatMap((g) => g.entries);
  const described = Object.values(document.paths).flatMap((item) => Object.keys(item));
  expect(entries).toHaveLength(described.length);
  expect(new Set(entries.map((e) => e.id)).size).toBe(entries.length);
  expect(entries.filter((e) => !e.operation.summary).map((e) => e.id)).toEqual([]);
});

test('finds by every word, in any order', () => {
  const found = search(all, 'LAUNCH campaigns').flatMap((g) => g.entries.map((e) => e.path));
  expect(found).toContain('/api/v1/campaigns/{id}/launch');
  expect(found).not.toContain('/api/v1/campaigns/{id}/pause');
  expect(search(all, 'no such thing')).toEqual([]);
});

test('shows nested fields below their own, and ends where a schema holds itself', () => {
  const body = bodyOf(entry('post', '/api/v1/templates').operation);
  const rows = fields(document, body?.schema ?? {});
  const content = rows.findIndex((f) => f.name === 'content');
  expect(rows[content]).toMatchObject({ depth: 0, required: true });
  expect(rows[content + 1]?.depth).toBe(1);
  const round: Document = {
    info: { title: '', version: '' },
    paths: {},
    components: { schemas: { A: { properties: { a: { $ref: '#/components/schemas/A' } } } } },
  };
  expect(fields(round, { $ref: '#/components/schemas/A' })).toHaveLength(1);
});

test('writes a request with what is required and a quoted body', () => {
  const text = curl(document, entry('post', '/api/v1/api-keys'), 'https://example.com');
  expect(text).toContain('curl -X POST "https://example.com/api/v1/api-keys"');
  expect(text).toContain('Bearer $HARKARA_KEY');
  expect(text).toContain('"name": "..."');
  expect(curl(document, entry('get', '/api/v1/accounts/{id}'), '')).toContain('/api/v1/accounts/ID"');
});

test('sends a file where the body is one', () => {
  expect(curl(document, entry('post', '/api/v1/imports'), '')).toContain('--data-binary @FILE');
});
