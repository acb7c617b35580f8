// Starts the real binary for a story, on free ports, with data of its own, and ends it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;
export const binary = process.env.HARKARA_BIN ?? join(root, 'target/debug/harkara');

/** Two free ports in a row: the demo's provider takes the one after the server's. */
async function freePorts() {
  const open = (port) =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  for (let tries = 0; tries < 50; tries += 1) {
    const first = await open(0);
    const port = first.address().port;
    const second = await open(port + 1);
    await new Promise((done) => first.close(done));
    if (second) {
      await new Promise((done) => second.close(done));
      return port;
    }
  }
  throw new Error('no two free ports in a row');
}

/**
 * Runs `harkara demo` (with `demo: true`) or `harkara serve` until `stop()`.
 * @param {{ demo?: boolean, env?: Record<string, string> }} options
 */
export async function startServer({ demo = true, env = {} } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'harkara-story-'));
  const port = await freePorts();
  const url = `http://127.0.0.1:${port}`;
  const args = demo
    ? ['demo', '--port', `${port}`]
    : ['serve', '--listen', `127.0.0.1:${port}`, '--data', data];
  const child = spawn(binary, args, {
    env: { ...process.env, HARKARA_DEMO_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => said.push(chunk.toString()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // A runner that dies, of a closed pipe for instance, leaves no server behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, 15_000);
    await ended;
    process.removeListener('exit', kill);
    clearTimeout(timer);
    rmSync(data, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said.join('')}`);
    const ready = demo
      ? said.join('').includes('Ctrl-C')
      : await fetch(`${url}/healthz`).then(
          (r) => r.ok,
          () => false,
        );
    if (ready)
      return { url, port, data, simulator: `http://127.0.0.1:${port + 1}`, said: () => said.join(''), stop };
    await new Promise((done) => setTimeout(done, 100));
  }
  await stop();
  throw new Error(`the server did not come up: ${said.join('')}`);
}

/** Runs a provider to practise with, beside the server, until `stop()`. */
export async function startProvider(...options) {
  const child = spawn(binary, ['sim', 'gupshup', '--listen', '127.0.0.1:0', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const url = await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (address) resolve(address[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(`the provider ended: ${said}`)));
  });
  /** Its control API. */
  const control = async (path, body, method = body === undefined ? 'GET' : 'POST') => {
    const answer = await fetch(`${url}/__sim/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(told)}`);
    return told;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  };
  return { url, control, stop };
}
