import { useQuery } from '@tanstack/react-query';
import { ApiProblem, problemOf } from './client';

/** What a person may do; the server's table of permissions is the authority. */
export interface Session {
  user: { id: string; email: string; name: string; role: string };
  permissions: string[];
  expires_at: number;
}
/** What is true before anybody signed in. */
export interface Start {
  needs_owner: boolean;
  demo: boolean;
  handset: boolean;
  version: string;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path).catch(() => {
    throw new ApiProblem({ status: 0, code: 'offline', detail: 'The server cannot be reached.', help: '' });
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

export const startQuery = { queryKey: ['start'], queryFn: () => get<Start>('/api/v1/start') };

/** The session, or `null` when nobody is signed in. */
export const sessionQuery = {
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: () =>
    get<Session>('/api/v1/session').catch((e: unknown) => {
      if (e instanceof ApiProblem && e.status === 401) return null;
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
