import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { useCan } from '~/api/session';
import type { Mapping } from '~/wa/convert';
import { type Content, contentOf, type Form, mappingOf, type Template } from './form';

export type TemplateRow = Schemas['TemplateItem'];

export interface ListFilter {
  account?: string | undefined;
  status?: string | undefined;
  category?: string | undefined;
  language?: string | undefined;
  differs?: boolean | undefined;
  sort?: 'newest' | 'last_sent' | undefined;
}

/** The server leaves out what is empty; its schema names every part. */
const whole = (mapping: Mapping) => mapping as Schemas['Mapping'];

export const useTemplates = ({ account, status, category, language, differs, sort }: ListFilter) =>
  usePages<TemplateRow>(['template', 'list', account, status, category, language, differs, sort], (cursor) =>
    body(
      api.GET('/api/v1/templates', {
        params: {
          query: {
            account_id: account,
            status,
            category,
            language,
            differs,
            sort: sort ?? 'name',
            cursor,
            limit: 200,
          },
        },
      }),
    ),
  );

/** Those that were deleted and can be restored. */
export const useDeleted = () =>
  usePages<TemplateRow>(['template', 'list', 'deleted'], (cursor) =>
    body(api.GET('/api/v1/templates', { params: { query: { deleted: true, cursor, limit: 200 } } })),
  );

const templateQuery = (id: string) => ({
  queryKey: ['template', 'one', id],
  queryFn: () => body(api.GET('/api/v1/templates/{id}', { params: { path: { id } } })),
});
export const useTemplate = (id: string | undefined) =>
  useQuery({ ...templateQuery(id ?? ''), enabled: id !== undefined });

/** Reads a template as it is now. */
export function useReadAgain() {
  const client = useQueryClient();
  return (id: string) => client.fetchQuery({ ...templateQuery(id), staleTime: 0 });
}

export function useAccounts() {
  const can = useCan();
  return useQuery({
    queryKey: ['account', 'list'],
    queryFn: () => body(api.GET('/api/v1/accounts')),
    enabled: can('accounts.read'),
    select: (page) => page.data,
  });
}

export const useProviders = () =>
  useQuery({
    queryKey: ['provider'],
    queryFn: () => body(api.GET('/api/v1/providers')),
    staleTime: Number.POSITIVE_INFINITY,
    select: (page) => page.data,
  });

export interface Carrier {
  account: Schemas['Account'];
  /** The provider's name for people. */
  provider: string;
  can: (capability: string) => boolean;
}

/** Whether new templates can be made for it. */
export const isUsable = ({ account }: Carrier) => account.state === 'active' || account.state === 'held';

/** The account of a template with what its provider can carry. */
export function useCarriers(): { carriers: Carrier[]; isPending: boolean; error: unknown } {
  const accounts = useAccounts();
  const providers = useProviders();
  const carriers = (accounts.data ?? []).map((account) => {
    const provider = providers.data?.find((one) => one.id === account.provider);
    return {
      account,
      provider: provider?.name ?? account.provider,
      // Until the providers are known nothing is refused: the server has the last word.
      can: (capability: string) => provider?.capabilities.includes(capability) ?? true,
    };
  });
  return {
    carriers,
    isPending: accounts.isLoading || providers.isLoading,
    error: accounts.error ?? providers.error,
  };
}

/** What the server finds in a template that is being written. */
export const useCheck = (form: Form, saved: Template | undefined) => {
  const draft = {
    account_id: form.accountId || undefined,
    template_id: saved?.id,
    name: form.name || undefined,
    language: form.language,
    content: contentOf(form),
    mapping: whole(mappingOf(form)),
  };
  return useQuery({
    queryKey: ['check', draft],
    queryFn: () => body(api.POST('/api/v1/templates/check', { body: draft })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    placeholderData: (before) => before,
  });
};

/** Whether it can be sent to one person. */
export const usePreview = (content: Content, mapping: Mapping, person: string | undefined) =>
  useQuery({
    queryKey: ['preview', content, mapping, person],
    queryFn: () =>
      body(
        api.POST('/api/v1/templates/preview', {
          body: { content, mapping: whole(mapping), profile_id: person },
        }),
      ),
    enabled: person !== undefined,
    staleTime: 15_000,
    gcTime: 30_000,
  });

/** The campaigns that were made with a template. */
export function useUses(id: string | undefined) {
  const can = useCan();
  return useQuery({
    queryKey: ['campaign', 'of-template', id],
    queryFn: () =>
      body(
        api.GET('/api/v1/templates/{id}/uses', { params: { path: { id: id ?? '' }, query: { limit: 6 } } }),
      ),
    enabled: id !== undefined && can('campaigns.read'),
  });
}

function useChanged() {
  const client = useQueryClient();
  return (template?: Template) => {
    if (template) client.setQueryData(['template', 'one', template.id], template);
    return client.invalidateQueries({ queryKey: ['template'] });
  };
}

export interface SaveInput {
  form: Form;
  /** What is saved already. */
  saved: Template | undefined;
  status?: 'draft' | 'approved' | 'disabled' | undefined;
  /** The version that the form was made from. */
  version?: number | undefined;
  /** It saves itself while somebody types. */
  typed?: boolean | undefined;
}

export function saveTemplate({ form, saved, status, version, typed }: SaveInput): Promise<Template> {
  const common = {
    content: contentOf(form),
    mapping: whole(mappingOf(form)),
    addressing: form.addressing,
    provider_template_id: form.providerTemplateId.trim(),
    status,
  };
  if (!saved) {
    return body(
      api.POST('/api/v1/templates', {
        body: {
          ...common,
          provider_template_id: common.provider_template_id || undefined,
          account_id: form.accountId,
          name: form.name,
          language: form.language,
          // The server says that a category is missing better than we can.
          category: form.category as Schemas['TemplateCategory'],
        },
        headers: once(),
      }),
    );
  }
  const named = saved.status === 'draft' || saved.status === 'rejected';
  return body(
    api.PATCH('/api/v1/templates/{id}', {
      params: { path: { id: saved.id } },
      body: {
        ...common,
        version,
        typed,
        category: form.category ?? undefined,
        name: named ? form.name : undefined,
        language: named ? form.language : undefined,
      },
    }),
  );
}

/** Takes over the answer to what was saved by itself: no list is read anew for a letter. */
export function useTaken() {
  const client = useQueryClient();
  return (template: Template) => {
    client.setQueryData(['template', 'one', template.id], template);
    void client.invalidateQueries({ queryKey: ['template'], refetchType: 'none' });
  };
}

export function useSave() {
  const changed = useChanged();
  return useMutation({ mutationFn: saveTemplate, onSuccess: (template) => changed(template) });
}

export type Version = Schemas['TemplateVersion'];

/** What a template said each time that it was saved, newest first. */
export const useVersions = (id: string) =>
  usePages(['template', 'versions', id], (cursor) =>
    body(
      api.GET('/api/v1/templates/{id}/versions', {
        params: { path: { id }, query: { cursor, limit: 30 } },
      }),
    ),
  );

export interface RestoreInput {
  template: Template;
  to: Version;
  status: 'draft' | 'approved' | undefined;
}

/** Makes a template say again what it said in a version. */
export function useRestore() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ template, to, status }: RestoreInput) =>
      body(
        api.POST('/api/v1/templates/{id}/versions/{version}/restore', {
          params: { path: { id: template.id, version: to.version } },
          body: { version: template.updated_at, status: status === 'approved' ? status : undefined },
          headers: once(),
        }),
      ),
    onSuccess: (template) => changed(template),
  });
}

export function useSubmit() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/templates/{id}/submit', { params: { path: { id } }, headers: once() })),
    onSuccess: (template) => changed(template),
    // A refusal by the provider changes the status as well.
    onError: () => changed(),
  });
}

/** Takes over what the provider holds of a template that says something else here. */
export function useTakeTheirs() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/templates/{id}/take-theirs', { params: { path: { id } }, headers: once() })),
    onSuccess: (template) => changed(template),
  });
}

export function useSetStatus() {
  const changed = useChanged();
  return useMutation({
    mutationFn: ({ id, status }: { id: string; status: 'draft' | 'approved' | 'disabled' }) =>
      body(api.PATCH('/api/v1/templates/{id}', { params: { path: { id } }, body: { status } })),
    onSuccess: (template) => changed(template),
  });
}

/** Deletes a template, for good or so that it can be restored, and takes it back. */
export function useShelf() {
  const changed = useChanged();
  return {
    remove: async (id: string, for_good = false) => {
      await api.DELETE('/api/v1/templates/{id}', { params: { path: { id }, query: { for_good } } });
      await changed();
    },
    restore: async (id: string) => {
      const back = await body(
        api.POST('/api/v1/templates/{id}/restore', { params: { path: { id } }, headers: once() }),
      );
      await changed(back);
    },
  };
}

export function useImport() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/accounts/{id}/templates/import', { params: { path: { id } }, headers: once() })),
    onSuccess: () => changed(),
  });
}

/** Sends a saved template to one person. */
export const sendTest = (template: string, who: { to?: string; profile_id?: string }) =>
  body(api.POST('/api/v1/messages', { body: { template_id: template, ...who }, headers: once() }));
