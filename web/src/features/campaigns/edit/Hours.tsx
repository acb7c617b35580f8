import { useLingui } from '@lingui/react/macro';
import { Fieldset, Stack, Switch, Text } from '@mantine/core';
import { useRef } from 'react';
import { serverNow } from '~/api/clock';
import { fieldsOf } from '~/features/accounts/autoReply';
import { WeekFields } from '~/features/accounts/WeekFields';
import { useFormat } from '~/ui/format';
import type { PlannedStart, QuietHours } from '../queries';
import type { Editing } from './useEditing';
import { WallTime } from './WallTime';
import { momentOf, nights, proposal } from './when';

/** Hours in which nothing of the campaign leaves. */
export function Quiet({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { input, change, errorAt } = editing.draft;
  const { quiet } = input;
  const last = useRef(quiet);
  const set = (next: QuietHours) => {
    last.current = next;
    change({ quiet: next });
  };
  return (
    <Stack gap="sm">
      <Switch
        label={t`Quiet hours`}
        description={t`Nothing of the campaign leaves in these hours. What is left waits and goes on by itself. Answers to people are not held.`}
        checked={Boolean(quiet)}
        onChange={(e) => (e.currentTarget.checked ? set(last.current ?? nights()) : change({ quiet: null }))}
      />
      {quiet && (
        <Fieldset legend={t`Nothing leaves`}>
          <WeekFields
            zone={quiet.zone}
            days={fieldsOf(quiet.days)}
            onChange={(next) => set({ ...quiet, ...next })}
            errorAt={(place) => errorAt(`/quiet/${place.replaceAll('.', '/')}`)}
            first={{ from: '21:00', to: '09:00', next_day: true }}
          />
        </Fieldset>
      )}
    </Stack>
  );
}

/** The moment after which nothing of the campaign leaves. */
export function CutOff({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const { input, change, errorAt } = editing.draft;
  const { ends, starts } = input;
  const last = useRef(ends);
  const set = (next: PlannedStart) => {
    last.current = next;
    change({ ends: next });
  };
  const at = momentOf(ends);
  const past = at !== undefined && at <= Math.max(serverNow(), momentOf(starts) ?? 0);
  const wrong = at === undefined || past;
  return (
    <Stack gap="sm">
      <Switch
        label={t`Cut-off`}
        description={t`Nothing leaves after it. Whoever had no turn by then is skipped, and the campaign ends.`}
        checked={Boolean(ends)}
        onChange={(e) => (e.currentTarget.checked ? set(last.current ?? proposal()) : change({ ends: null }))}
      />
      {ends && (
        <Fieldset legend={t`Nothing leaves after`}>
          <WallTime value={ends} onChange={set} wrong={wrong} />
          <Text size="sm" mt="xs" role="status" c={wrong ? 'var(--mantine-color-error)' : 'dimmed'}>
            {at === undefined
              ? t`Give a date and a time.`
              : past
                ? t`The cut-off must be after the start. Choose a later one.`
                : (errorAt('/ends/local') ??
                  errorAt('/ends/zone') ??
                  t`Nothing leaves after ${format.full(at)}.`)}
          </Text>
        </Fieldset>
      )}
    </Stack>
  );
}
