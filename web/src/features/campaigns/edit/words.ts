import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';

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
