import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { queryClient } from '~/api/query';
import { sendFile } from '~/api/upload';
import { useLiveState } from '~/live/hooks';

export type Job = Schemas['Import'];
export type Preview = Schemas['ImportPreview'];
export type Check = Schemas['ImportCheck'];
export type Draft = Schemas['ImportDraft'];
export type RowProblem = Schemas['ImportRowProblem'];

/** The beginning of a file that is looked at. */
const BEGINNING = 256 * 1024;

const CSV = 'text/csv';
const PREVIEW = '/api/v1/imports/preview';

export const preview = (file: File, query: string) =>
  sendFile<Preview>(
    query ? `${PREVIEW}?${query}` : PREVIEW,
    file.slice(0, BEGINNING, CSV),
    CSV,
    () => {},
    new AbortController().signal,
  );

/** Sends the file and has every row judged; the server keeps it until the import is started. */
export const draft = (file: File, query: string, progress: (share: number) => void, signal: AbortSignal) =>
  sendFile<Draft>(`/api/v1/imports/drafts?${query}`, file, CSV, progress, signal);

/** Has every row of a file that the server has judged again. */
export const check = (id: string, query: string, signal: AbortSignal) =>
  sendFile<Draft>(`/api/v1/imports/${id}/check?${query}`, undefined, CSV, () => {}, signal);

/** A draft; with a query, its file as it would be read then. */
export const readDraft = (id: string, query: Record<string, string> = {}): Promise<Draft> =>
  body(api.GET('/api/v1/imports/{id}/draft', { params: { path: { id }, query: query as never } }));

export const correct = (id: string, line: number, fields: string[]): Promise<Check> =>
  body(
    api.PUT('/api/v1/imports/{id}/corrections', {
      params: { path: { id } },
      body: { rows: [{ line, fields }] },
    }),
  );

const post = { start: '/api/v1/imports/{id}/start', cancel: '/api/v1/imports/{id}/cancel' } as const;

export async function begin(id: string): Promise<Job> {
  const job = await body(api.POST(post.start, { params: { path: { id } }, headers: once() }));
  void queryClient.invalidateQueries({ queryKey: ['import'] });
  return job;
}

/** Gives a draft up. Whoever chooses another file need not wait for it, and after a week it goes by itself. */
export async function giveUp(id: string): Promise<void> {
  try {
    await body(api.POST(post.cancel, { params: { path: { id } } }));
  } catch {
    // It stands in the list of imports.
  }
  void queryClient.invalidateQueries({ queryKey: ['import'] });
}

export const useImports = () =>
  usePages<Job>(['import', 'list'], (cursor) =>
    body(api.GET('/api/v1/imports', { params: { query: { limit: 50, cursor } } })),
  );

/** It reads its file, or is being undone. */
export const isWorking = ({ state, undo }: Job) => state === 'running' || undo?.finished === false;

/** An import; live events tell how far it is, without them it is asked every two seconds. */
export function useImport(id: string) {
  const live = useLiveState() === 'live';
  return useQuery({
    queryKey: ['import', 'one', id],
    queryFn: () => body(api.GET('/api/v1/imports/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? (live ? 5_000 : 2_000) : false),
  });
}

const STANDS = { pause: '/api/v1/imports/{id}/pause', resume: '/api/v1/imports/{id}/resume' } as const;

/** Lets an import wait, or go on. */
export const useHoldImport = (id: string) =>
  useMutation({
    mutationFn: (act: keyof typeof STANDS) =>
      body(api.POST(STANDS[act], { params: { path: { id } }, headers: once() })),
    onSuccess: (job) => {
      queryClient.setQueryData(['import', 'one', job.id], job);
      void queryClient.invalidateQueries({ queryKey: ['import'] });
    },
  });

export const useCancelImport = () =>
  useMutation({
    mutationFn: (id: string) => body(api.POST('/api/v1/imports/{id}/cancel', { params: { path: { id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['import'] }),
  });

/** What an undo would come to, always as it is now. */
export const useUndoPreview = (id: string) =>
  useQuery({
    queryKey: ['import', 'undo', id],
    queryFn: () => body(api.GET('/api/v1/imports/{id}/undo', { params: { path: { id } } })),
    gcTime: 0,
    staleTime: 0,
  });

export const useUndoImport = () =>
  useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/imports/{id}/undo', { params: { path: { id } }, headers: once() })),
    onSuccess: (job) => {
      queryClient.setQueryData(['import', 'one', job.id], job);
      void queryClient.invalidateQueries({ queryKey: ['import', 'list'] });
      void queryClient.invalidateQueries({ queryKey: ['import', 'tray'] });
    },
  });
