import { i18n } from '@lingui/core';
import createClient, { type Middleware } from 'openapi-fetch';
import { preferred } from '~/i18n';
import { loadSaid, said } from '~/i18n/said';
import { learnClock } from './clock';
import type { components, paths } from './schema';
import { unique } from './unique';

/** Schemas of the API by name. */
export type Schemas = components['schemas'];
type Wire = Schemas['Problem'];

/** A refusal of the server in the language of the page, or no answer at all (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string;
  readonly errors: readonly Schemas['ProblemField'][];
  /** Who changed meanwhile what was to be changed, and when. */
  readonly changed: Schemas['ProblemChange'] | undefined;
  /** Seconds until another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(wire: Pick<Wire, 'status' | 'code' | 'detail' | 'help'> & Partial<Wire>, retryAfter?: number) {
    super(said(wire.detail));
    this.name = 'ApiProblem';
    this.status = wire.status;
    this.code = wire.code;
    this.help = said(wire.help);
    this.errors = (wire.errors ?? []).map((error) => ({ ...error, detail: said(error.detail) }));
    this.changed = wire.changed ?? undefined;
    this.retryAfter = retryAfter;
  }
}

type Listener = () => void;
const signedOut = new Set<Listener>();

/** Calls back when the server says that nobody is signed in any more. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** What a response that is not 2xx says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const after = Number(response.headers.get('retry-after'));
  const retryAfter = Number.isFinite(after) && after > 0 ? after : undefined;
  // The session is asked for before the page's language is there.
  await loadSaid(i18n.locale || preferred());
  try {
    const wire = (await response.json()) as Wire;
    if (typeof wire.code === 'string') return new ApiProblem(wire, retryAfter);
  } catch {
    // Not JSON: a proxy in front of the server answered.
  }
  return new ApiProblem(
    {
      status: response.status,
      code: 'no_words',
      detail: response.statusText || `HTTP ${response.status}`,
      help: '',
    },
    retryAfter,
  );
}

let held: Promise<void> | undefined;

/** Keeps back what pages ask for from now on, as while a session ends. Answers what lets it go again. */
export function holdRequests(): () => void {
  let release = () => {};
  held = new Promise((resolve) => {
    release = () => {
      held = undefined;
      resolve();
    };
  });
  return () => release();
}

const problems: Middleware = {
  async onRequest({ request }) {
    await held;
    request.headers.set('x-harkara', '1');
    return request;
  },
  async onResponse({ response }) {
    learnClock(response);
    if (response.ok) return;
    const problem = await problemOf(response);
    if (problem.status === 401 && problem.code === 'not_signed_in') for (const tell of signedOut) tell();
    throw problem;
  },
  onError({ error }) {
    if (error instanceof ApiProblem) return error;
    return new ApiProblem({ status: 0, code: 'offline', detail: 'The server cannot be reached.', help: '' });
  },
};

/** The client for every path of `openapi.json`; it throws {@link ApiProblem}. */
export const api = createClient<paths>({ baseUrl: '/' });
api.use(problems);

/** The body of an answer; errors were thrown before. */
export async function body<Answer extends { data?: unknown }>(
  asked: Promise<Answer>,
): Promise<Exclude<Answer['data'], undefined>> {
  const { data } = await asked;
  return data as Exclude<Answer['data'], undefined>;
}

/** A key that makes a repeated `POST` happen once. */
export const once = (): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': unique() });
