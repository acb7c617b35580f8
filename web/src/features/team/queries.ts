import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { sessionQuery } from '~/api/session';
import { type AuditFilter, asQuery } from './filter';

const USERS = ['user'];
const INVITES = ['invite'];
const SESSIONS = ['session-entry'];

export const useUsers = (enabled = true) =>
  useQuery({ queryKey: USERS, queryFn: () => body(api.GET('/api/v1/users')), enabled });

export const useInvites = (enabled = true) =>
  useQuery({ queryKey: INVITES, queryFn: () => body(api.GET('/api/v1/invites')), enabled });

export const useRoles = () =>
  useQuery({
    queryKey: ['role'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/roles')),
  });

export const usePermissions = () =>
  useQuery({
    queryKey: ['permission'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/permissions')),
  });

export function useChangeUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...change }: { id: string } & Schemas['UserChange']) =>
      body(api.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body: change })),
    onSuccess: () => client.invalidateQueries({ queryKey: USERS }),
  });
}

/** A one-time link with which a user chooses a new password. */
export const useResetLink = () =>
  useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/users/{id}/reset', { params: { path: { id } }, headers: once() })),
  });

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invite: Schemas['NewInvite']) =>
      body(api.POST('/api/v1/invites', { body: invite, headers: once() })),
    onSuccess: () => client.invalidateQueries({ queryKey: INVITES }),
  });
}

export function useWithdraw() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/invites/{id}', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: INVITES }),
  });
}

/** Changes one's own name or language. */
export function useChangeMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Schemas['OwnChange']) => body(api.PATCH('/api/v1/session', { body: change })),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Schemas['NewPassword']) => api.PATCH('/api/v1/session/password', { body: change }),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSIONS }),
  });
}

const FACTOR = ['factor'];

/** One's own second factor. */
export const useFactor = () =>
  useQuery({ queryKey: FACTOR, queryFn: () => body(api.GET('/api/v1/session/factor')) });

/** Makes a secret; it is asked for from the first right code on. */
export const useBeginFactor = () =>
  useMutation({
    mutationFn: (password: string) => body(api.POST('/api/v1/session/factor', { body: { password } })),
  });

/** Turns the second factor on, signs out elsewhere, and makes recovery codes. */
export function useConfirmFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => body(api.POST('/api/v1/session/factor/confirm', { body: { code } })),
    onSuccess: () =>
      Promise.all([FACTOR, SESSIONS, USERS].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export function useRenewCodes() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) =>
      body(api.POST('/api/v1/session/factor/recovery-codes', { body: { password } })),
    onSuccess: () => client.invalidateQueries({ queryKey: FACTOR }),
  });
}

export function useTurnOffFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => api.POST('/api/v1/session/factor/off', { body: { password } }),
    onSuccess: () => Promise.all([FACTOR, USERS].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Takes the second factor of somebody away. */
export function useTakeFactor() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/users/{id}/factor', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: USERS }),
  });
}

/** Where one is signed in. */
export const useSessions = () =>
  useQuery({ queryKey: SESSIONS, queryFn: () => body(api.GET('/api/v1/sessions')) });

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSIONS }),
  });
}

export const useAudit = (filter: AuditFilter) => {
  const query = asQuery(filter);
  return usePages(['audit', query], (cursor) =>
    body(api.GET('/api/v1/audit', { params: { query: { ...query, cursor, limit: 50 } } })),
  );
};
