import { useLingui } from '@lingui/react/macro';
import { Text } from '@mantine/core';
import { StatusPill, type Tone } from '~/ui/StatusPill';
import type { ButtonKind, Category, HeaderType, Template } from './form';

export const STATUSES = ['draft', 'pending', 'approved', 'rejected', 'paused', 'disabled'] as const;
export type Status = (typeof STATUSES)[number];

const TONES: Record<Status, Tone> = {
  draft: 'waiting',
  pending: 'busy',
  approved: 'good',
  rejected: 'bad',
  paused: 'paused',
  disabled: 'paused',
};

export function useStatusNames(): Record<Status, string> {
  const { t } = useLingui();
  return {
    draft: t`Draft`,
    pending: t`In review`,
    approved: t`Approved`,
    rejected: t`Rejected`,
    paused: t`Paused`,
    disabled: t`Disabled`,
  };
}

/** A template's status as icon and word. */
export function TemplateStatus({ status }: { status: string }) {
  const names = useStatusNames();
  const known = STATUSES.find((one) => one === status);
  return <StatusPill tone={known ? TONES[known] : 'unsure'}>{known ? names[known] : status}</StatusPill>;
}

export function useCategoryNames(): Record<Category, string> {
  const { t } = useLingui();
  return { marketing: t`Marketing`, utility: t`Utility`, authentication: t`Authentication` };
}

/** How WhatsApp rates it, in the words of the provider: people who block or report it lower that. */
export function Quality({ of: { quality } }: { of: Template }) {
  const { t } = useLingui();
  if (!quality || quality === 'UNKNOWN') return null;
  const names: Record<string, string> = {
    GREEN: t`high`,
    HIGH: t`high`,
    YELLOW: t`medium`,
    MEDIUM: t`medium`,
    RED: t`low`,
    LOW: t`low`,
  };
  const shown = names[quality.toUpperCase()] ?? quality;
  return (
    <Text size="xs" c="dimmed">
      {t`Quality: ${shown}`}
    </Text>
  );
}

export function useHeaderNames(): Record<HeaderType, string> {
  const { t } = useLingui();
  return {
    none: t`None`,
    text: t`Text`,
    image: t`Image`,
    video: t`Video`,
    document: t`Document`,
    location: t`Location`,
  };
}

export function useButtonNames(): Record<ButtonKind, string> {
  const { t } = useLingui();
  return {
    quick_reply: t`Quick reply`,
    url: t`Open a link`,
    phone: t`Call a number`,
    copy_code: t`Copy a code`,
  };
}

/** WhatsApp's codes of languages. */
export const LANGUAGES =
  `af ar az bg bn ca cs da de el en en_GB en_US es es_AR es_ES es_MX et fa fi fil fr ga gu ha he hi hr hu id it ja ka kk kn
  ko ky_KG lo lt lv mk ml mr ms nb nl pa pl pt_BR pt_PT ro ru rw_RW sk sl sq sr sv sw ta te th tr uk ur uz vi zh_CN zh_HK
  zh_TW zu`.split(/\s+/);

/** A language in the viewer's own words. */
export function useLanguageName(): (code: string) => string {
  const { i18n } = useLingui();
  const names = new Intl.DisplayNames([i18n.locale], { type: 'language', fallback: 'code' });
  return (code) => {
    try {
      return names.of(code.replace('_', '-')) ?? code;
    } catch {
      return code;
    }
  };
}

/** Characters as the limits count them. */
export const length = (text: string) => [...text].length;
