import { useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';

/** The labels and owners that campaigns have. */
export const useFacets = () =>
  useQuery({
    queryKey: ['campaign', 'facets'],
    queryFn: () => body(api.GET('/api/v1/campaigns/facets')),
  });

export type Owner = Schemas['CampaignOwner'];
export type DoneWith = Schemas['CampaignsDone'];

const renew = () => queryClient.invalidateQueries({ queryKey: ['campaign'] });

async function then<T>(asked: Promise<T>): Promise<T> {
  const answer = await asked;
  await renew();
  return answer;
}

/** Gives a campaign these labels, and no others. */
export const setLabels = (id: string, labels: string[]) =>
  then(
    body(
      api.PUT('/api/v1/campaigns/{id}/labels', {
        params: { path: { id } },
        headers: once(),
        body: { labels },
      }),
    ),
  );

/** Puts a label on campaigns, or takes it off. */
export const labelMany = (campaign_ids: string[], label: string, on: boolean) =>
  then(body(api.POST('/api/v1/campaigns/label', { headers: once(), body: { campaign_ids, label, on } })));

/** Puts campaigns out of the list, or takes them back into it. */
export const archiveMany = (campaign_ids: string[], archived: boolean) =>
  then(body(api.POST('/api/v1/campaigns/archive', { headers: once(), body: { campaign_ids, archived } })));
