import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { CapLimit } from './queries';

/** The limits in a sentence: `at most 1 message in 1 day, and 3 messages in 7 days`. */
export function useCapWords(): (limits: readonly CapLimit[]) => string {
  const { t, i18n } = useLingui();
  const and = new Intl.ListFormat(i18n.locale, { type: 'conjunction' });
  return (limits) =>
    and.format(
      limits.map(({ messages, days }) => {
        const many = plural(messages, { one: '1 message', other: '# messages' });
        const long = plural(days, { one: '24 hours', other: '# days' });
        return t`${many} in ${long}`;
      }),
    );
}
