import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { useCan } from '~/api/session';
import { asQuery } from './about';
import type { Document } from './openapi';
import type { AttemptFilter, CallbackFilter } from './states';

const KEYS = ['api-key'];

/** All keys, the newest first; revoked ones too. */
export const useKeys = (enabled: boolean) =>
  useQuery({ queryKey: KEYS, queryFn: () => body(api.GET('/api/v1/api-keys')), enabled });

/** All that can be allowed, to users and to keys. */
export const usePermissions = () =>
  useQuery({
    queryKey: ['permission'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/permissions')),
  });

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: Schemas['NewApiKey']) =>
      body(api.POST('/api/v1/api-keys', { body: key, headers: once() })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useRotateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, hours }: { id: string; hours: number }) =>
      body(
        api.POST('/api/v1/api-keys/{id}/rotate', {
          params: { path: { id } },
          headers: once(),
          body: { overlap_hours: hours },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: KEYS }),
  });
}

/** The log of callbacks, the newest first, as far as it is scrolled. */
export const useCallbacks = (filter: CallbackFilter) =>
  usePages(['callback', 'list', filter], (cursor) =>
    body(api.GET('/api/v1/callbacks', { params: { query: { ...asQuery(filter), cursor, limit: 50 } } })),
  );

/** The log of attempts to send, what ended last first, as far as it is scrolled. */
export const useAttempts = (filter: AttemptFilter) =>
  usePages(['message', 'attempts', filter], (cursor) =>
    body(api.GET('/api/v1/attempts', { params: { query: { ...asQuery(filter), cursor, limit: 50 } } })),
  );

/** How many callbacks were turned away since the server started. */
export const useRefused = () =>
  useQuery({
    queryKey: ['callback', 'refused'],
    queryFn: () => body(api.GET('/api/v1/callbacks', { params: { query: { limit: 1 } } })),
    select: (page) => page.refused,
  });

export const useCallback = (id: string) =>
  useQuery({
    queryKey: ['callback', 'one', id],
    queryFn: () => body(api.GET('/api/v1/callbacks/{id}', { params: { path: { id } } })),
    // It is new until the worker has looked at it, a moment later.
    refetchInterval: ({ state }) => (state.data?.state === 'new' ? 1000 : false),
  });

export type CallbackDetail = NonNullable<ReturnType<typeof useCallback>['data']>;

export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: Schemas['ReplayInput']) =>
      body(api.POST('/api/v1/callbacks/replay', { body: which, headers: once() })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['callback'] }),
  });
}

/** The accounts, for their names. */
export function useAccounts() {
  const can = useCan();
  return useQuery({
    queryKey: ['account', 'names'],
    enabled: can('accounts.read'),
    queryFn: () => body(api.GET('/api/v1/accounts', { params: { query: { limit: 500 } } })),
  });
}

/** Nicknames of accounts by their ids. */
export function useAccountNames(): Map<string, string> {
  const { data } = useAccounts();
  return new Map((data?.data ?? []).map(({ id, nickname }) => [id, nickname]));
}

/** The description of the API that the server gives of itself. */
export const useDocument = () =>
  useQuery({
    queryKey: ['openapi'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { data } = await api.GET('/api/v1/openapi.json' as never);
      return data as unknown as Document;
    },
  });
