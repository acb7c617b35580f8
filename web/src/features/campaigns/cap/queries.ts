import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';

export type FrequencyCap = Schemas['FrequencyCap'];
export type CapLimit = Schemas['CapLimit'];

const CAP = ['frequency-cap'];

/** How many campaign messages a person gets at most. */
export const useFrequencyCap = () =>
  useQuery({ queryKey: CAP, queryFn: () => body(api.GET('/api/v1/frequency-cap')) });

export function useChangeCap() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cap: Schemas['FrequencyCapInput']) =>
      body(api.PUT('/api/v1/frequency-cap', { body: cap, headers: once() })),
    onSuccess: (saved) => client.setQueryData(CAP, saved),
    // Others may have changed it, and every count was made with what held before.
    onSettled: () => Promise.all([CAP, ['reach']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
