import { useLingui } from '@lingui/react/macro';
import { said } from '~/i18n/said';

/** Why a message is not where it should be, as the ledger keeps it. */
export interface Failure {
  kind: string;
  code?: string | null;
  detail: string;
  help: string;
  /** The help begins with what happened. */
  tells: boolean;
}

/** Reads what the API calls an object, in the language of the page. */
export function failureOf(value: unknown): Failure | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, code, detail, help } = value as Record<string, unknown>;
  if (typeof kind !== 'string') return undefined;
  return {
    kind,
    code: typeof code === 'string' ? code : null,
    detail: typeof detail === 'string' ? said(detail) : '',
    help: typeof help === 'string' ? said(help) : '',
    tells: typeof help === 'string' && /^Not (sent|delivered)\b/.test(help),
  };
}

/** What happened, in short, by the kind of failure. */
export function useFailureTitles(): Record<string, string> {
  const { t } = useLingui();
  return {
    config: t`The account is set up wrongly`,
    auth: t`The provider does not accept the credentials`,
    invalid: t`This number or this message cannot work`,
    window_closed: t`The 24-hour window was closed`,
    opted_out: t`The person opted out, or never opted in`,
    throttled: t`WhatsApp or the provider asked us to slow down`,
    capped: t`A limit of WhatsApp or the provider is used up`,
    unavailable: t`The provider could not be reached`,
    rejected: t`The provider refused it`,
    unknown: t`The provider never answered`,
    cancelled: t`It was stopped before it left`,
  };
}

/** Whether sending the same again can help, by the kind of failure. */
export const MAY_HELP: Record<string, boolean> = {
  config: true,
  auth: true,
  throttled: true,
  capped: true,
  unavailable: true,
  rejected: true,
  unknown: true,
  invalid: false,
  window_closed: false,
  opted_out: false,
};
