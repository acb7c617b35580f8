import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';

export type Told = Schemas['Told'];
export type Moment = Schemas['Moment'];

/** Everything about a message. */
export const useMessage = (id: string) =>
  useQuery({
    queryKey: ['message', id],
    queryFn: () => body(api.GET('/api/v1/messages/{id}', { params: { path: { id } } })),
  });

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
