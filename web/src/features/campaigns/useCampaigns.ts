import { useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { LIST_TABS, type ListSearch, type ListTab } from './routes';

export type Row = Schemas['CampaignItem'];

const STATES: Record<ListTab, string> = {
  running: 'running,paused',
  scheduled: 'scheduled',
  drafts: 'draft',
  finished: 'finished,stopped',
  archived: 'finished,stopped',
};

/** What narrows a tab. */
export type Narrowed = Pick<ListSearch, 'q' | 'label' | 'owner' | 'template' | 'sort'>;

/** The campaigns of a tab, newest first when no other order is asked for. */
export const useCampaigns = (tab: ListTab, { q, label, owner, template, sort }: Narrowed) =>
  usePages<Row>(['campaign', 'list', tab, q, label, owner, template, sort], (cursor) =>
    body(
      api.GET('/api/v1/campaigns', {
        params: {
          query: {
            state: STATES[tab],
            archived: tab === 'archived',
            search: q,
            label,
            owner,
            template,
            sort,
            limit: 100,
            cursor,
          },
        },
      }),
    ),
  );

/** The first tab that holds something. Looked up once: the page does not change under the eyes when a campaign ends. */
export const useFirstTab = (enabled: boolean) =>
  useQuery({
    // Not below 'campaign', for live events read that anew.
    queryKey: ['campaigns', 'first-tab'],
    queryFn: async (): Promise<ListTab> => {
      const some = await Promise.all(
        LIST_TABS.map(async (tab) => {
          const query = { state: STATES[tab], archived: tab === 'archived', limit: 1 };
          return (await body(api.GET('/api/v1/campaigns', { params: { query } }))).data.length > 0;
        }),
      );
      return LIST_TABS[some.indexOf(true)] ?? 'running';
    },
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
