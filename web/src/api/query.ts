import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './client';

/** Keys are `[topic, ...]` with the topics of live events, so that an event can refetch what it touches. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});
