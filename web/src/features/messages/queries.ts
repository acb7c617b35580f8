import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';
import { useCan } from '~/api/session';

export type Told = Schemas['Told'];
export type Moment = Schemas['Moment'];

/** Everything about a message. */
export const useMessage = (id: string) =>
  useQuery({
    queryKey: ['message', id],
    queryFn: () => body(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
  });

/** The callbacks that told of a message, the newest of them. */
export function useCallbacksOf(id: string) {
  const can = useCan();
  return useQuery({
    queryKey: ['callback', 'of', id],
    queryFn: () => body(api.GET('/api/v1/callbacks', { params: { query: { message: id, limit: 10 } } })),
    enabled: can('callbacks.read'),
  });
}

/** Sends a message again; a new message goes out in its place. */
export const useResend = () =>
  useMutation({
    mutationFn: ({ id, double }: { id: string; double: boolean }) =>
      body(
        api.POST('/api/v1/messages/{id}/resend', {
          params: { path: { id } },
          headers: once(),
          body: { accept_possible_double: double },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['message'] }),
  });
