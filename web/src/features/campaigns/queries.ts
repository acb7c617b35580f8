import { keepPreviousData, skipToken, useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';

export type Campaign = Schemas['Campaign'];
export type CampaignInput = Schemas['CampaignInput'];
export type PlannedStart = Schemas['PlannedStart'];
export type Progress = Schemas['Progress'];
export type Audience = Schemas['Audience'];
export type Exclude = Schemas['Exclude'];
export type QuietHours = Schemas['QuietHours'];
export type OpenSpan = Schemas['OpenSpan'];
export type Condition = Schemas['Condition'];
export type Mapping = Schemas['Mapping'];
export type Template = Schemas['Template'];
export type Account = Schemas['Account'];
export type FailureGroup = Schemas['FailureGroup'];
export type LedgerLine = Schemas['LedgerLine'];

const of = (id: string) => ({ params: { path: { id } } });

export const campaignQuery = (id: string) => ({
  queryKey: ['campaign', id],
  queryFn: () => body(api.GET('/api/v1/campaigns/{id}', of(id))),
});
export const useCampaign = (id: string) => useQuery(campaignQuery(id));

/** Where it stands. While it runs it is asked for by the clock as well: no event tells that nothing moves. */
export const useProgress = (id: string) =>
  useQuery({
    queryKey: ['campaign', id, 'progress'],
    queryFn: () => body(api.GET('/api/v1/campaigns/{id}/progress', of(id))),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 4_000 : false),
  });

/** How the counts grew in the first so many hours, or from beginning to end. */
export const useSeries = (id: string, hours: number | undefined) =>
  useQuery({
    queryKey: ['campaign', id, 'series', hours],
    queryFn: () =>
      body(api.GET('/api/v1/campaigns/{id}/series', { params: { path: { id }, query: { hours } } })),
    placeholderData: keepPreviousData,
  });

/** Why messages stand where they stand, with what to do. */
export const useFailures = (id: string) =>
  useQuery({
    queryKey: ['campaign', id, 'failures'],
    queryFn: () => body(api.GET('/api/v1/campaigns/{id}/failures', of(id))),
  });

/** All templates; approved ones can be sent. */
export const useTemplates = () =>
  useQuery({
    queryKey: ['template', 'all'],
    queryFn: () => body(api.GET('/api/v1/templates', { params: { query: { limit: 500 } } })),
  });
export const useTemplate = (id: string | undefined) =>
  useQuery({
    queryKey: ['template', id],
    queryFn: () => body(api.GET('/api/v1/templates/{id}', of(id ?? ''))),
    enabled: id !== undefined,
  });

export const useAccounts = (enabled = true) =>
  useQuery({
    queryKey: ['account', 'all'],
    queryFn: () => body(api.GET('/api/v1/accounts', { params: { query: { limit: 500 } } })),
    enabled,
  });

export const useLists = (enabled = true) =>
  useQuery({
    queryKey: ['import', 'lists'],
    queryFn: () => body(api.GET('/api/v1/lists', { params: { query: { limit: 500 } } })),
    enabled,
  });

/** Campaigns that began, newest first. */
export const useLaunched = (enabled = true) =>
  useQuery({
    queryKey: ['campaign', 'launched'],
    queryFn: () =>
      body(
        api.GET('/api/v1/campaigns', {
          params: { query: { state: 'running,paused,finished,stopped', limit: 500 } },
        }),
      ),
    enabled,
    staleTime: 60_000,
  });

/**
 * Who would get it now, and who is left out and why. Of very many people about how many, as soon as that is known, until they are
 * counted. Old numbers stay meanwhile.
 */
export function useReach(asked: Schemas['ReachInput'] | undefined) {
  const key = ['reach', 'about', asked];
  const about = useQuery<Schemas['Reach']>({ queryKey: key, queryFn: skipToken });
  const counted = useQuery({
    queryKey: ['reach', asked],
    queryFn: asked
      ? async ({ signal, client }) => {
          const ask = (estimate: boolean) =>
            body(api.POST('/api/v1/reach', { body: { ...asked, estimate }, signal }));
          const first = await ask(true);
          if (first.exact) return first;
          client.setQueryData(key, first);
          return ask(false);
        }
      : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  // Where counting failed an estimate must not pass for the count.
  const isSettled = counted.isError || (counted.data && !counted.isPlaceholderData);
  return { ...counted, data: isSettled ? counted.data : (about.data ?? counted.data) };
}

/** What is on the screen of campaigns is read anew. */
const renew = () => queryClient.invalidateQueries({ queryKey: ['campaign'] });

/** Holds, lets go on, ends. */
export const useAct = (id: string) =>
  useMutation({
    mutationFn: (act: 'pause' | 'resume' | 'stop') => {
      const asked = { ...of(id), headers: once() };
      if (act === 'pause') return body(api.POST('/api/v1/campaigns/{id}/pause', asked));
      if (act === 'resume') return body(api.POST('/api/v1/campaigns/{id}/resume', asked));
      return body(api.POST('/api/v1/campaigns/{id}/stop', asked));
    },
    onSettled: renew,
  });

export const useLaunch = (id: string) =>
  useMutation({
    mutationFn: (when: Schemas['LaunchInput']) =>
      body(api.POST('/api/v1/campaigns/{id}/launch', { ...of(id), headers: once(), body: when })),
    onSettled: renew,
  });

export const useCreate = () =>
  useMutation({
    mutationFn: (input: CampaignInput) =>
      body(api.POST('/api/v1/campaigns', { headers: once(), body: input })),
    onSuccess: renew,
  });

/** Saves a draft, as long as it is still the version that was read. */
export const save = (id: string, input: CampaignInput, version: number) =>
  body(api.PUT('/api/v1/campaigns/{id}', { ...of(id), body: { ...input, version } }));

/** A draft as it is now. */
export const readAgain = (id: string) => queryClient.fetchQuery({ ...campaignQuery(id), staleTime: 0 });

/** What a campaign says, as it is written. */
export const inputOf = (campaign: Campaign): CampaignInput => ({
  name: campaign.name,
  template_id: campaign.template_id,
  number_ids: campaign.number_ids,
  audience: campaign.audience,
  exclude: campaign.exclude ?? null,
  control_percent: campaign.control_percent || null,
  respect_frequency_cap: campaign.respect_frequency_cap ? null : false,
  mapping: campaign.mapping,
  messages_per_second: campaign.messages_per_second,
  starts: campaign.starts ? { local: campaign.starts.local, zone: campaign.starts.zone } : null,
  ends: campaign.ends ? { local: campaign.ends.local, zone: campaign.ends.zone } : null,
  quiet: campaign.quiet ?? null,
});

/** A new draft like an earlier campaign. */
export const useClone = () =>
  useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      body(api.POST('/api/v1/campaigns/{id}/clone', { ...of(id), headers: once(), body: { name } })),
    onSuccess: renew,
  });

export const useDelete = () =>
  useMutation({
    mutationFn: (id: string) => body(api.DELETE('/api/v1/campaigns/{id}', of(id))),
    onSuccess: renew,
  });

/** Takes back a launch that has not begun. */
export async function takeBack(id: string): Promise<Campaign> {
  try {
    return await body(api.POST('/api/v1/campaigns/{id}/unschedule', { ...of(id), headers: once() }));
  } finally {
    await renew();
  }
}

/** What a launch looks at, of the draft as it was saved last. */
const preflightQuery = (id: string, version: number) => ({
  // Not below 'campaign': others that run would have it looked at twice a second.
  queryKey: ['account', 'preflight', id, version],
  queryFn: () =>
    body(
      api.GET('/api/v1/campaigns/{id}/preflight', {
        params: { path: { id }, query: { count: false } },
      }),
    ),
});
export const usePreflight = (id: string, version: number) =>
  useQuery({ ...preflightQuery(id, version), placeholderData: keepPreviousData });

/** Whether it would be the first campaign to real people from its account; when nobody can tell, it may be. */
export const isFirstSend = (id: string, version: number): Promise<boolean> =>
  queryClient
    .fetchQuery({ ...preflightQuery(id, version), staleTime: 60_000 })
    .then(({ first_send }) => first_send)
    .catch(() => true);

/** Sends failed messages of a kind again, and says how many are on their way. With `dry_run` it counts what can be. */
export async function resendKind(id: string, kind: string, dry_run: boolean) {
  let cursor: string | null | undefined;
  const total = { resendable: 0, resent: 0, left_out: 0 };
  do {
    const answer = await body(
      api.POST('/api/v1/campaigns/{id}/resend', {
        ...of(id),
        headers: once(),
        body: { kind, dry_run, cursor },
      }),
    );
    if (!cursor) total.resendable = answer.resendable;
    total.resent += answer.resent;
    total.left_out += Object.values(answer.left_out).reduce((sum, n) => sum + n, 0);
    cursor = answer.next_cursor;
  } while (cursor);
  if (!dry_run) await queryClient.invalidateQueries({ queryKey: ['campaign', id] });
  return total;
}

/** Real people who would get it, with what each would read. */
export const useSample = (asked: Schemas['SampleInput'] | undefined) =>
  useQuery({
    queryKey: ['reach', 'sample', asked],
    queryFn: asked
      ? ({ signal }) => body(api.POST('/api/v1/reach/sample', { body: asked, signal }))
      : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
