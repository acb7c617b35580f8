import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { DAYS } from '~/features/accounts/autoReply';
import { useDayName } from '~/features/accounts/useDayName';
import { useFormat } from '~/ui/format';
import type { CampaignInput, QuietHours } from '../queries';

/** A span of time, roughly, as one says it. */
export function useAbout(): (seconds: number) => string {
  const { t } = useLingui();
  return (seconds) => {
    if (seconds < 45) return t`less than a minute`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 90) return t`about ${plural(minutes, { one: 'a minute', other: '# minutes' })}`;
    const hours = Math.round(seconds / 3600);
    if (hours < 36) return t`about ${plural(hours, { one: 'an hour', other: '# hours' })}`;
    const days = Math.round(seconds / 86_400);
    return t`about ${plural(days, { one: 'a day', other: '# days' })}`;
  };
}

/** Who is held back from a campaign, in words. */
export function useHeldBackWords(): (
  input: Pick<CampaignInput, 'control_percent' | 'respect_frequency_cap'>,
) => string[] {
  const { t } = useLingui();
  const format = useFormat();
  return ({ control_percent, respect_frequency_cap }) => {
    const share = control_percent ? format.share(control_percent, 100) : '';
    return [
      respect_frequency_cap === false ? t`Does not respect the frequency cap` : t`Respects the frequency cap`,
      share ? t`Control group of ${share}` : t`No control group`,
    ];
  };
}

/** Quiet hours in words: a line for all days, or for each that has some, and whose clocks count. */
export function useQuietWords(): (quiet: QuietHours | null | undefined) => string[] {
  const { t } = useLingui();
  const nameOf = useDayName();
  return (quiet) => {
    if (!quiet) return [];
    const spans = DAYS.map((day) =>
      (quiet.days[day] ?? []).map(({ from, to }) => `${from}–${to}`).join(', '),
    );
    const [first = ''] = spans;
    if (first !== '' && spans.every((one) => one === first)) return [t`Every day ${first}`, quiet.zone];
    const lines = DAYS.flatMap((day, i) => (spans[i] ? [`${nameOf(day)} ${spans[i]}`] : []));
    return lines.length > 0 ? [...lines, quiet.zone] : [];
  };
}
