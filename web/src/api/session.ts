import { useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body, type Schemas } from './client';
import { queryClient } from './query';

/** What a person may do; the server's table of permissions is the authority. */
export type Session = Schemas['Session'];
/** What is true before anybody signed in. */
export type Start = Schemas['Start'];

export const startQuery = { queryKey: ['start'], queryFn: () => body(api.GET('/api/v1/start')) };

/** The session, or `null` when nobody is signed in. */
export const sessionQuery = {
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: (): Promise<Session | null> =>
    body(api.GET('/api/v1/session')).catch((e: unknown) => {
      // A session that ended under a page stays known, so that the page stays while the password is asked for.
      const begun = queryClient.getQueryData(['session']);
      if (e instanceof ApiProblem && e.status === 401 && !begun) return null;
      throw e;
    }),
};

/** Who is signed in. Only below the shell, which asks for it first. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('nobody is signed in');
  return data;
}

/** Whether the signed-in person may do something, such as `campaigns.launch`. */
export function useCan(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}
