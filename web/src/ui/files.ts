import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body, type Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { sendFile } from '~/api/upload';
import { useFormat } from './format';
import { useWords } from './words';

export type Uploaded = Schemas['UploadedFile'];
export type FileRules = Schemas['FileRules'];
export type FileRule = Schemas['FileRule'];

/** What can be uploaded, and whether providers can fetch it; absent for those who may not. */
export function useFileRules(): FileRules | undefined {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['file', 'rules'],
    queryFn: () => body(api.GET('/api/v1/files/rules')),
    enabled: can('files.write'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** The rule that a file falls under, by its type or, where the browser knows none, by its ending. */
export function ruleOf(
  rules: readonly FileRule[],
  file: { name: string; type: string },
): FileRule | undefined {
  const type = file.type.split(';')[0]?.trim().toLowerCase();
  const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  return (
    rules.find((rule) => rule.types.includes(type ?? '')) ??
    rules.find((rule) => file.name.includes('.') && rule.endings.includes(ending))
  );
}

/** For the attribute of a file field. */
export const acceptOf = (rules: readonly FileRule[]): string =>
  rules.flatMap((rule) => [...rule.endings.map((ending) => `.${ending}`), ...rule.types]).join(',');

/** A number of bytes as people read it. */
export function useSize(): (bytes: number) => string {
  const { t } = useLingui();
  const format = useFormat();
  return (bytes) => {
    // Rounded up: what is a little too large must not look as large as what may be.
    const digits = format.number(
      bytes >= 1 << 20 ? Math.ceil((bytes / (1 << 20)) * 10) / 10 : Math.ceil(bytes / 1024),
    );
    return bytes >= 1 << 20 ? t`${digits} MB` : t`${digits} kB`;
  };
}

/** What each kind is called, in the middle of a sentence. */
export function useKindWords(): (kind: string) => string {
  const { t } = useLingui();
  return (kind) =>
    ({
      image: t`images`,
      video: t`videos`,
      audio: t`audio`,
      document: t`documents`,
      sticker: t`stickers`,
    })[kind] ?? kind;
}

/** Why a file cannot be taken, before anything of it is sent. */
export function useUnfit(): (rules: readonly FileRule[], file: File) => string | undefined {
  const { t } = useLingui();
  const size = useSize();
  return (rules, file) => {
    const rule = ruleOf(rules, file);
    const endings = rules.flatMap((one) => one.endings).join(', ');
    if (!rule) return t`${file.name} is of a type that is not taken here. These are: ${endings}.`;
    if (file.size === 0) return t`${file.name} is empty.`;
    if (file.size > rule.bytes)
      return t`${file.name} has ${size(file.size)}, and WhatsApp takes at most ${size(rule.bytes)}. Make it smaller.`;
    return undefined;
  };
}

/** Uploads a file; the server looks whether it is what its type says. */
export function uploadFile(
  file: File,
  more: { kind: string; purpose?: 'answer' },
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  const query = new URLSearchParams({ name: file.name, ...more });
  if (file.type) query.set('type', file.type);
  return sendFile<Uploaded>(`/api/v1/files?${query}`, file, 'application/octet-stream', progress, signal);
}

/** Why an upload did not succeed, in a sentence. */
export function useUploadWords(): (problem: unknown) => string {
  const words = useWords();
  return (problem) => {
    const field = problem instanceof ApiProblem ? problem.errors[0] : undefined;
    const said = words(problem);
    return field?.detail ?? `${said.detail} ${said.help ?? ''}`.trim();
  };
}
