import { api, body, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import type { ListTab } from './routes';

export type Row = Schemas['CampaignItem'];

const STATES: Record<ListTab, string> = {
  running: 'running,paused',
  scheduled: 'scheduled',
  drafts: 'draft',
  finished: 'finished,stopped',
};

/** The campaigns of a tab, newest first. */
export const useCampaigns = (tab: ListTab, search: string | undefined) =>
  usePages<Row>(['campaign', 'list', tab, search], (cursor) =>
    body(
      api.GET('/api/v1/campaigns', { params: { query: { state: STATES[tab], search, limit: 100, cursor } } }),
    ),
  );
