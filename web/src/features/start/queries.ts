import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';
import { type Session, sessionQuery, startQuery } from '~/api/session';
import { LANGUAGES, type Language, speak } from '~/i18n';
import { viewerZone } from '~/ui/format';

/** Takes up a session that has just begun: nothing of who was here before stays, and we speak their language. */
export async function enter(session: Session): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, session);
  const { language } = session.user;
  if (language && language in LANGUAGES) await speak(language as Language);
}

export const useStart = () => useQuery(startQuery);

export const useSignIn = () =>
  useMutation({
    mutationFn: (who: Schemas['SignIn']) => body(api.POST('/api/v1/session', { body: who })),
  });

/** The code of a second factor, or a recovery code. */
export const useGiveCode = () =>
  useMutation({
    mutationFn: (answer: Schemas['SignInCode']) => body(api.POST('/api/v1/session/code', { body: answer })),
  });

export const useCreateOwner = () =>
  useMutation({
    mutationFn: (owner: Schemas['NewOwner']) => body(api.POST('/api/v1/owner', { body: owner })),
  });

/** What a one-time link is for. */
export const useInvitation = (token: string) =>
  useQuery({
    queryKey: ['invitation', token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET('/api/v1/invites/by-token/{token}', { params: { path: { token } } })),
  });

export const useAccept = () =>
  useMutation({
    mutationFn: (answer: Schemas['Acceptance']) => body(api.POST('/api/v1/invites/accept', { body: answer })),
  });

/** What the home page shows. Under the topic of campaigns, which move it most; others refresh it in `Home`. */
export const useHome = () =>
  useQuery({
    queryKey: ['campaign', 'home'],
    queryFn: () => body(api.GET('/api/v1/home', { params: { query: { zone: viewerZone() } } })),
  });

/** Makes this server a demonstration. */
export function useStartDemo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST('/api/v1/demo')),
    onSuccess: () => client.invalidateQueries(),
  });
}

/** Takes away all that the demonstration made. */
export function useEndDemo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE('/api/v1/demo'),
    onSuccess: async () => {
      // The phone goes first: it would ask for customers that are gone.
      await client.refetchQueries({ queryKey: ['start'] });
      await client.invalidateQueries();
    },
  });
}
