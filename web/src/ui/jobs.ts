import { useSyncExternalStore } from 'react';
import { serverNow } from '~/api/clock';
import { unique } from '~/api/unique';

/** Work of this page that takes a while: the tray in the header shows it beside the jobs of the server. */
export interface PageJob {
  id: string;
  name: string;
  /** Where its result is looked at. */
  to: string;
  begun: number;
  /** What came of it, once it is over. */
  end?: { at: number; good: boolean; result: string };
}

let jobs: readonly PageJob[] = [];
const listeners = new Set<() => void>();
function set(next: readonly PageJob[]) {
  jobs = next;
  for (const tell of listeners) tell();
}
function listen(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

export const usePageJobs = () => useSyncExternalStore(listen, () => jobs);

export const forgetPageJob = (id: string) => set(jobs.filter((job) => job.id !== id));

/** Shows the work in the tray until it is over, and then what came of it. */
export async function track<Result>(
  { name, to }: { name: string; to: string },
  work: Promise<Result>,
  words: (result: Result) => string,
  wrong: string,
): Promise<Result> {
  const id = unique();
  const over = (good: boolean, result: string) =>
    set(jobs.map((job) => (job.id === id ? { ...job, end: { at: serverNow(), good, result } } : job)));
  set([...jobs, { id, name, to, begun: serverNow() }]);
  try {
    const result = await work;
    over(true, words(result));
    return result;
  } catch (error) {
    over(false, wrong);
    throw error;
  }
}
