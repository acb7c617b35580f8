import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { queryClient } from '~/api/query';
import { useLiveState } from '~/live/hooks';
import { send } from './upload';

export type Job = Schemas['Import'];
export type Preview = Schemas['ImportPreview'];
export type Check = Schemas['ImportCheck'];

/** The beginning of a file that is looked at. */
const BEGINNING = 256 * 1024;

export const preview = (file: File) =>
  send<Preview>(
    '/api/v1/imports/preview',
    file.slice(0, BEGINNING, 'text/csv'),
    () => {},
    new AbortController().signal,
  );

export const check = (file: File, query: string, progress: (share: number) => void, signal: AbortSignal) =>
  send<Check>(`/api/v1/imports/check?${query}`, file, progress, signal);

export async function begin(
  file: File,
  query: string,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Job> {
  const job = await send<Job>(`/api/v1/imports?${query}`, file, progress, signal);
  void queryClient.invalidateQueries({ queryKey: ['import'] });
  return job;
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
