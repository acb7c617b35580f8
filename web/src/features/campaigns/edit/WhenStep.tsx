import { Trans, useLingui } from '@lingui/react/macro';
import { NumberInput, Radio, Stack, Text } from '@mantine/core';
import { useRef } from 'react';
import { serverNow } from '~/api/clock';
import { useFormat, viewerZone } from '~/ui/format';
import type { PlannedStart } from '../queries';
import { CutOff, Quiet } from './Hours';
import type { Editing } from './useEditing';
import { WallTime } from './WallTime';
import { momentOf, proposal } from './when';
import { useAbout } from './words';

/** When it starts, rests and ends, and how fast it goes. */
export function WhenStep({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const { draft } = editing;
  const { starts } = draft.input;
  const zone = starts?.zone ?? viewerZone();
  // Who looks at the other choice finds the time again.
  const last = useRef(starts);
  const plan = (next: PlannedStart) => {
    last.current = next;
    draft.change({ starts: next });
  };
  const at = momentOf(starts);
  const past = at !== undefined && at <= serverNow();
  return (
    <Stack gap="lg">
      <Radio.Group
        label={t`When does it start?`}
        value={starts ? 'at' : 'now'}
        onChange={(mode) =>
          mode === 'at' ? plan(last.current ?? proposal()) : draft.change({ starts: null })
        }
      >
        <Stack gap="sm" mt="sm">
          <Radio value="now" label={t`As soon as you launch it`} />
          <Radio value="at" label={t`At a date and time`} />
        </Stack>
      </Radio.Group>
      {starts && (
        <div>
          <WallTime value={starts} onChange={plan} wrong={at === undefined || past} />
          <Moment at={at} zone={zone} past={past} />
        </div>
      )}
      {draft.errorAt('/starts/zone') && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {draft.errorAt('/starts/zone')}
        </Text>
      )}
      <Quiet editing={editing} />
      <CutOff editing={editing} />
      <Speed editing={editing} />
      <Daily editing={editing} />
      {draft.errorAt('/messages_per_second') && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {draft.errorAt('/messages_per_second')}
        </Text>
      )}
    </Stack>
  );
}

function Moment({ at, zone, past }: { at: number | undefined; zone: string; past: boolean }) {
  const format = useFormat();
  const { t } = useLingui();
  const own = zone === viewerZone();
  return (
    <Text
      size="sm"
      mt="xs"
      role="status"
      c={at === undefined || past ? 'var(--mantine-color-error)' : 'dimmed'}
    >
      {at === undefined
        ? t`Give a date and a time.`
        : past
          ? t`This time has passed. Choose a later one, or start as soon as you launch it.`
          : own
            ? t`It starts at ${format.full(at)}.`
            : t`On your clocks it starts at ${format.full(at)}.`}
    </Text>
  );
}

/** What WhatsApp's daily limit leaves; when that is too little it stands above, among what one should know. */
function Daily({ editing: { daily } }: { editing: Editing }) {
  const format = useFormat();
  if (!daily || daily.short) return null;
  const left = format.number(daily.left);
  const limit = format.number(daily.limit);
  return (
    <Text size="sm" c="dimmed">
      <Trans>
        Left of WhatsApp's daily limit of its numbers: {left} of {limit} people.
      </Trans>
    </Text>
  );
}

function Speed({ editing }: { editing: Editing }) {
  const { t } = useLingui();
  const format = useFormat();
  const about = useAbout();
  const { draft, speed, seconds, reachable } = editing;
  const pace = format.number(speed.perSecond);
  const by = {
    numbers: t`as fast as the numbers may`,
    account: t`as fast as the provider's account may`,
    own: t`as you limit it`,
  }[speed.by];
  return (
    <Stack gap="xs">
      <NumberInput
        label={t`Own limit, messages a second`}
        description={t`Leave it empty to go as fast as the numbers may. A slower pace spreads the answers of your customers.`}
        maw={420}
        min={1}
        max={100_000}
        allowDecimal={false}
        allowNegative={false}
        thousandSeparator=","
        value={draft.input.messages_per_second ?? ''}
        onChange={(value) =>
          draft.change({ messages_per_second: typeof value === 'number' && value > 0 ? value : null })
        }
        error={Boolean(draft.errorAt('/messages_per_second'))}
      />
      {speed.perSecond > 0 && (
        <Text size="sm" role="status">
          <Trans>
            {pace} a second, {by}.
          </Trans>{' '}
          {seconds !== undefined && reachable !== undefined && reachable > 0 && (
            <Trans>
              {format.number(reachable)} people take {about(seconds)}.
            </Trans>
          )}
        </Text>
      )}
    </Stack>
  );
}
