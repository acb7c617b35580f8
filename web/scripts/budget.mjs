// What a first visit loads: follows Vite's manifest from the entry and from each page, and compares with the budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1024;
/** Gzip bytes: the shell (entry, frame, their texts), the first page with it, any lazy chunk, the shell's styles. */
const BUDGET = { shell: 250 * KB, home: 250 * KB, chunk: 130 * KB, styles: 45 * KB };

const folder = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', folder), 'utf8'));
const size = (file) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const keys = Object.keys(manifest);
const keyOf = (end) => {
  const key = keys.find((k) => k.endsWith(end));
  if (!key) throw new Error(`the build has no chunk of its own for ${end}`);
  return key;
};
/** The texts of a folder in the language where they are largest. */
const texts = (folder) =>
  keys
    .filter((key) => key.startsWith(`${folder}/`) && /\/(en|hi)\.ts$/.test(key))
    .sort((a, b) => size(manifest[b].file) - size(manifest[a].file))
    .slice(0, 1);
// The kit of parts is for whoever builds pages.
const kit = keys.find((key) => key.includes('src/kit/'));
if (kit) throw new Error(`the build holds ${kit}, which is for development only`);
const sum = (chunks) => [...chunks].reduce((bytes, key) => bytes + size(manifest[key].file), 0);

// The frame of the signed-in pages is loaded before anything is seen, so it counts as the shell.
const entry = keys.find((key) => manifest[key].isEntry);
const shell = new Set([entry, keyOf('app/Shell.tsx')].flatMap((key) => [...closure(key)]));
const shared = texts('src/i18n/shared');
const home = new Set([
  ...shell,
  ...shared,
  ...closure(keyOf('start/Home.tsx')),
  ...texts('src/features/start/locales'),
]);
const styles = [...new Set([...shell].flatMap((key) => manifest[key].css ?? []))].reduce(
  (sum, file) => sum + size(file),
  0,
);
const lazy = keys
  .filter((key) => !shell.has(key) && manifest[key].file.endsWith('.js'))
  .map((key) => ({ key, bytes: size(manifest[key].file) }))
  .sort((a, b) => b.bytes - a.bytes);

const rows = [
  ['shell, script and texts', sum([...shell, ...shared]), BUDGET.shell],
  ['shell and home, script and texts', sum(home), BUDGET.home],
  ['shell, styles', styles, BUDGET.styles],
  ...lazy.slice(0, 12).map(({ key, bytes }) => [key, bytes, BUDGET.chunk]),
];
let over = 0;
for (const [name, bytes, limit] of rows) {
  if (bytes > limit) over += 1;
  const mark = bytes > limit ? 'OVER' : 'ok';
  console.log(
    `${(bytes / KB).toFixed(1).padStart(8)} kB of ${(limit / KB).toFixed(0).padStart(4)}  ${mark.padEnd(4)}  ${name}`,
  );
}
if (over > 0) {
  console.error(`error: ${over} of these are over the budget (gzip).`);
  process.exit(1);
}
