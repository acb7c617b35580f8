import type { Schemas } from '~/api/client';
import type { PageJob } from '~/ui/jobs';

type Import = Schemas['Import'];
type Bulk = Schemas['Bulk'];

/** A job as the tray shows it, whatever it does. */
export interface Job {
  id: string;
  state: 'running' | 'paused' | 'over';
  /** Over, and as it was meant to be. */
  good: boolean;
  /** Of what is to be done, from 0 to 1; `undefined` when nobody knows. */
  share: number | undefined;
  /** Grows while it moves. */
  done: number;
  /** When it was over. */
  ended: number | undefined;
  of: Import | Bulk | PageJob;
}

/** How long a result stays, if nobody puts it away. */
const KEPT = 24 * 60 * 60_000;
/** Without movement for so long, a job stands still. */
export const STALLED = 30_000;

const shareOf = (part: number, whole: number | null | undefined) =>
  whole ? Math.min(1, part / whole) : undefined;

export function ofImport(job: Import): Job {
  const { undo } = job;
  const id = undo ? `${job.id} undo` : job.id;
  if (undo) {
    const { done } = undo.people;
    const state = undo.finished ? 'over' : 'running';
    return {
      id,
      state,
      good: true,
      share: undo.finished ? 1 : shareOf(done, undo.total),
      done,
      // When an undo was over is not told: its result goes with the day in which it could be begun.
      ended: undo.finished ? (job.finished_at ?? job.created_at) : undefined,
      of: job,
    };
  }
  const state = job.state === 'running' || job.state === 'paused' ? job.state : 'over';
  return {
    id,
    state,
    good: job.state === 'finished',
    share: shareOf(job.bytes_read, job.bytes_total),
    done: job.bytes_read,
    ended: state === 'over' ? (job.finished_at ?? undefined) : undefined,
    of: job,
  };
}

export const ofBulk = (act: Bulk): Job => ({
  id: act.id,
  state: act.state === 'running' ? 'running' : 'over',
  good: act.state === 'finished',
  share: shareOf(act.done, act.total),
  done: act.done,
  ended: act.finished_at ?? undefined,
  of: act,
});

export const ofPage = (job: PageJob): Job => ({
  id: job.id,
  state: job.end ? 'over' : 'running',
  good: job.end?.good ?? false,
  share: undefined,
  done: 0,
  ended: job.end?.at,
  of: job,
});

/** What the tray shows: what runs, and what was over in the last day and nobody put away. */
export const shown = (jobs: Job[], now: number, away: readonly string[]): Job[] =>
  jobs.filter(
    ({ id, state, ended }) =>
      state !== 'over' || (ended !== undefined && now - ended < KEPT && !away.includes(id)),
  );

/** What happened to a job that a screen reader must hear, and a toast says at the end. */
export type Happening = { what: 'begun' | 'over'; job: Job } | { what: 'part'; job: Job; quarter: number };

const quarterOf = ({ share }: Job) => Math.min(3, Math.floor((share ?? 0) * 4));

/** What happened between two looks: begins, quarters, ends. Jobs that were over when they are first seen are no news. */
export function happened(before: readonly Job[] | undefined, now: readonly Job[]): Happening[] {
  return now.flatMap((job): Happening[] => {
    const old = before?.find(({ id }) => id === job.id);
    if (job.state === 'over') return old && old.state !== 'over' ? [{ what: 'over', job }] : [];
    if (!before) return [];
    if (!old) return [{ what: 'begun', job }];
    const quarter = quarterOf(job);
    return quarter > quarterOf(old) ? [{ what: 'part', job, quarter }] : [];
  });
}

/** Since when each running job has not moved. */
export type Moves = ReadonlyMap<string, { done: number; at: number }>;

export function moved(before: Moves, jobs: readonly Job[], now: number): Moves {
  const next = new Map<string, { done: number; at: number }>();
  for (const { id, state, done } of jobs) {
    if (state !== 'running') continue;
    const old = before.get(id);
    next.set(id, old && old.done === done ? old : { done, at: now });
  }
  return next;
}

/** Since when a job stands still; `undefined` while it moves. */
export function stalledSince(moves: Moves, { id, state }: Job, now: number): number | undefined {
  const move = moves.get(id);
  return state === 'running' && move && now - move.at >= STALLED ? move.at : undefined;
}
