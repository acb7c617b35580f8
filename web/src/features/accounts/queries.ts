import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { serverNow } from '~/api/clock';
import { viewerZone } from '~/ui/format';
import { dayBegan } from '~/ui/zone';

export type Account = Schemas['Account'];
export type Provider = Schemas['ProviderInfo'];
export type Field = Schemas['FieldInfo'];
export type Settings = Record<string, unknown>;
/** The API takes any object here; its document says no more than that. */
const free = (settings: Settings) => settings as Schemas['NewAccount']['settings'];

/** Whose settings are tried: a new account's, or those of one that would change. */
export type Whose = { provider: string } | { account_id: string };

export const useProviders = () =>
  useQuery({
    queryKey: ['provider'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await body(api.GET('/api/v1/providers'))).data,
  });

export const useAccounts = () =>
  useQuery({
    queryKey: ['account', 'list'],
    queryFn: async () =>
      (await body(api.GET('/api/v1/accounts', { params: { query: { limit: 500 } } }))).data,
  });

export const useAccount = (id: string) =>
  useQuery({
    queryKey: ['account', 'one', id],
    queryFn: () => body(api.GET('/api/v1/accounts/{id}', { params: { path: { id } } })),
  });

interface Watch {
  enabled?: boolean;
  /** Somebody looks for what is wrong right now: nothing old is shown, and failures, which nothing tells, are asked for. */
  close?: boolean;
}

export const useTrouble = (id: string, { enabled = true, close = false }: Watch = {}) =>
  useQuery({
    queryKey: ['account', 'trouble', id],
    refetchInterval: close ? 5000 : 30_000,
    refetchOnMount: close ? 'always' : true,
    enabled,
    queryFn: () => body(api.GET('/api/v1/accounts/{id}/trouble', { params: { path: { id } } })),
  });

export const useNumbers = (account?: string) =>
  useQuery({
    queryKey: ['account', 'numbers', account],
    queryFn: async () => {
      // "Today" is the viewer's, not the server's.
      const today = dayBegan(serverNow(), viewerZone());
      return (await body(api.GET('/api/v1/numbers', { params: { query: { account, today } } }))).data;
    },
  });

/** A server that knows its public addresses names them with the URLs. */
type NewUrls = Schemas['NewUrls'] & { egress_addresses?: string[] };

/** Callback URLs for an account that is not saved yet; made once for a form. */
export const useNewUrls = (enabled: boolean) =>
  useQuery({
    queryKey: ['new-urls'],
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: (): Promise<NewUrls> =>
      body(api.POST('/api/v1/accounts/callback-urls', { body: {}, headers: once() })),
  });

/** Whether anything has called them; asked while the form is open, because nothing tells it. */
export const useEarlyCalls = (token: string | undefined) =>
  useQuery({
    queryKey: ['early-calls', token],
    enabled: token !== undefined,
    refetchInterval: 5000,
    queryFn: () =>
      body(api.GET('/api/v1/accounts/callback-urls/{token}', { params: { path: { token: token ?? '' } } })),
  });

export const useTry = () =>
  useMutation({
    mutationFn: ({ whose, settings }: { whose: Whose; settings: Settings }) =>
      body(api.POST('/api/v1/accounts/try', { body: { ...whose, settings: free(settings) } })),
  });

export const useCheckUrls = () =>
  useMutation({
    mutationFn: (of: Schemas['UrlsToCheck']) =>
      body(api.POST('/api/v1/accounts/callback-urls/check', { body: of })),
  });

/** Templates that a test message can be made of: those of the account, or of all while there is none yet. */
export function useTestTemplates(whose: Whose, enabled: boolean) {
  const account_id = 'account_id' in whose ? whose.account_id : undefined;
  return useQuery({
    queryKey: ['template', 'to-try', account_id],
    enabled,
    queryFn: async () =>
      (
        await body(
          api.GET('/api/v1/templates', {
            params: { query: { status: 'approved', account_id, limit: 200 } },
          }),
        )
      ).data,
  });
}

/** What a test message says. */
export type TestContent = { text: string } | { template: string };

export const useTryMessage = () =>
  useMutation({
    mutationFn: ({
      whose,
      settings,
      to,
      says,
    }: {
      whose: Whose;
      settings: Settings;
      to: string;
      says: TestContent;
    }) =>
      body(
        api.POST('/api/v1/accounts/try-message', {
          body: {
            ...whose,
            settings: free(settings),
            to,
            ...('text' in says
              ? { content: free({ type: 'text', body: says.text }) }
              : { template_id: says.template }),
          },
          headers: once(),
        }),
      ),
  });

/** What is saved: of a new account, or of the one with this id. */
interface Saved {
  id?: string | undefined;
  provider: string;
  settings: Settings;
  check: boolean;
  callback_token?: string;
}

export function useSave() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...input }: Saved) => {
      const { check } = input;
      const settings = free(input.settings);
      return id === undefined
        ? body(api.POST('/api/v1/accounts', { body: { ...input, settings }, headers: once() }))
        : body(api.PATCH('/api/v1/accounts/{id}', { params: { path: { id } }, body: { settings, check } }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['account'] }),
  });
}

export const useAutoReplyOf = (id: string) =>
  useQuery({
    queryKey: ['account', 'auto-reply', id],
    queryFn: () => body(api.GET('/api/v1/accounts/{id}/auto-reply', { params: { path: { id } } })),
  });

/** What somebody would read; asked again only when something in the question changes. */
export const useAutoReplyPreview = (id: string, question: Schemas['AutoReplyQuestion'], enabled: boolean) =>
  useQuery({
    queryKey: ['auto-reply-preview', id, question],
    enabled,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () =>
      body(
        api.POST('/api/v1/accounts/{id}/auto-reply/preview', {
          params: { path: { id } },
          body: question,
        }),
      ),
  });

function useChange<Input>(change: (input: Input) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ['account'] }),
  });
}

export const useResume = () =>
  useChange((id: string) =>
    body(api.POST('/api/v1/accounts/{id}/resume', { params: { path: { id } }, headers: once() })),
  );

export function useSetAutoReply(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reply: Schemas['AutoReply']) =>
      body(api.PUT('/api/v1/accounts/{id}/auto-reply', { params: { path: { id } }, body: reply })),
    // The form of the account has the same switch and text.
    onSuccess: () => client.invalidateQueries({ queryKey: ['account'] }),
  });
}

export const useAddNumber = (account: string) =>
  useChange((input: Schemas['NewNumber']) =>
    body(
      api.POST('/api/v1/accounts/{id}/numbers', {
        params: { path: { id: account } },
        body: input,
        headers: once(),
      }),
    ),
  );

export const useChangeNumber = () =>
  useChange(({ id, change }: { id: string; change: Schemas['NumberChange'] }) =>
    body(api.PATCH('/api/v1/numbers/{id}', { params: { path: { id } }, body: change })),
  );

/** What taking an account or a number out of use would stop. */
export const stopsOf = {
  account: (id: string, forget: boolean) =>
    body(api.DELETE('/api/v1/accounts/{id}', { params: { path: { id }, query: { dry_run: true, forget } } })),
  number: (id: string) =>
    body(api.DELETE('/api/v1/numbers/{id}', { params: { path: { id }, query: { dry_run: true } } })),
};

export const retire = {
  account: (id: string, forget: boolean) =>
    api.DELETE('/api/v1/accounts/{id}', { params: { path: { id }, query: { stop: true, forget } } }),
  number: (id: string) =>
    api.DELETE('/api/v1/numbers/{id}', { params: { path: { id }, query: { stop: true } } }),
};
