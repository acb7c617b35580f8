import { api, body } from '~/api/client';
import { usePages } from '~/api/pages';
import type { Campaign, Progress } from './queries';
import type { ListTab } from './routes';

export type Row = Campaign & Partial<Pick<Progress, 'funnel' | 'replied' | 'expected'>>;

const STATES: Record<ListTab, string[]> = {
  running: ['running', 'paused'],
  scheduled: ['scheduled'],
  drafts: ['draft'],
  finished: ['finished', 'stopped'],
};

/** The campaigns of a tab, newest first. */
export const useCampaigns = (tab: ListTab, q: string | undefined) =>
  usePages<Row>(['campaign', 'list', tab, q], async () => {
    const pages = await Promise.all(
      STATES[tab].map((state) =>
        body(api.GET('/api/v1/campaigns', { params: { query: { state, limit: 500 } } })),
      ),
    );
    const rows = pages
      .flatMap((page) => page.data)
      .filter((row) => row.name.toLowerCase().includes((q ?? '').toLowerCase()));
    const data = await Promise.all(
      rows.map(async (row) => ({
        ...row,
        ...(row.launched_at
          ? await body(api.GET('/api/v1/campaigns/{id}/progress', { params: { path: { id: row.id } } }))
          : {}),
      })),
    );
    return { data };
  });
