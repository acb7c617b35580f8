// What a first visit loads: follows Vite's manifest from the entry and from each page, and compares with the budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1024;
/** Gzip bytes: the shell (entry and what it imports), any lazy chunk, all styles of the entry. */
const BUDGET = { shell: 250 * KB, chunk: 130 * KB, styles: 45 * KB };

const folder = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', folder), 'utf8'));
const size = (file) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = [...closure(entry)];
// The frame of the signed-in pages is loaded before anything is seen, so it counts as the shell.
const frame = Object.keys(manifest).find((key) => key.endsWith('app/Shell.tsx'));
const shell = [...new Set([...first, ...(frame ? closure(frame) : [])])];
const script = shell.reduce((sum, key) => sum + size(manifest[key].file), 0);
const styles = [...new Set(shell.flatMap((key) => manifest[key].css ?? []))].reduce(
  (sum, file) => sum + size(file),
  0,
);
const lazy = Object.keys(manifest)
  .filter((key) => !shell.includes(key) && manifest[key].file.endsWith('.js'))
  .map((key) => ({ key, bytes: size(manifest[key].file) }))
  .sort((a, b) => b.bytes - a.bytes);

const rows = [
  ['shell, script', script, BUDGET.shell],
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
