import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Checkbox, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { zones } from '~/ui/zone';
import { another, DAYS, type Day, mayCross, moved, type Span } from './autoReply';
import type { AutoReplyForm } from './useAutoReply';
import { useDayName } from './useDayName';

/** Spans of a day at most, as the server has it. */
const MOST = 6;

/** The hours of each day of the week, by the clocks of one zone. */
export function ReplyHours({ form }: { form: AutoReplyForm }) {
  const { t } = useLingui();
  const nameOf = useDayName();
  const { draft, set, errorAt } = form;
  const all = useMemo(() => zones(draft.zone), [draft.zone]);
  const put = (day: Day, spans: Span[]) => set({ days: { ...draft.days, [day]: spans } });
  const wrong = errorAt('hours.days');
  return (
    <Stack gap="sm">
      <Select
        label={t`On the clocks of`}
        searchable
        limit={50}
        maw={320}
        data={all}
        value={draft.zone}
        error={errorAt('hours.zone')}
        onChange={(zone) => zone && set({ zone })}
        allowDeselect={false}
        nothingFoundMessage={t`No such zone`}
      />
      {wrong && (
        <Text size="sm" c="error" role="alert">
          {wrong}
        </Text>
      )}
      {DAYS.map((day, n) => (
        <Fieldset key={day} variant="unstyled" p={0} m={0} legend={nameOf(day)}>
          <Stack gap="xs">
            {draft.days[day].length === 0 && (
              <Text size="sm" c="dimmed">
                <Trans>No hours on this day</Trans>
              </Text>
            )}
            {draft.days[day].map((span, i) => (
              <SpanFields
                // biome-ignore lint/suspicious/noArrayIndexKey: spans are known by their place
                key={i}
                name={nameOf(day)}
                span={span}
                errorAt={(field) => errorAt(`hours.days.${day}.${i}.${field}`)}
                onChange={(next) =>
                  put(
                    day,
                    draft.days[day].map((one, k) => (k === i ? next : one)),
                  )
                }
                onRemove={() =>
                  put(
                    day,
                    draft.days[day].filter((_, k) => k !== i),
                  )
                }
              />
            ))}
            <Group gap="xs">
              {draft.days[day].length < MOST && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  leftSection={<IconPlus size={14} aria-hidden />}
                  aria-label={t`Add hours on ${nameOf(day)}`}
                  onClick={() => put(day, [...draft.days[day], another(draft.days[day])])}
                >
                  <Trans>Add hours</Trans>
                </Button>
              )}
              {n === 0 && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() =>
                    set({
                      days: Object.fromEntries(
                        DAYS.map((one) => [one, draft.days[day]]),
                      ) as typeof draft.days,
                    })
                  }
                >
                  <Trans>Same on all days</Trans>
                </Button>
              )}
            </Group>
          </Stack>
        </Fieldset>
      ))}
    </Stack>
  );
}

interface SpanProps {
  /** The day it begins on. */
  name: string;
  span: Span;
  errorAt: (field: 'from' | 'to') => string | undefined;
  onChange: (span: Span) => void;
  onRemove: () => void;
}

function SpanFields({ name, span, errorAt, onChange, onRemove }: SpanProps) {
  const { t } = useLingui();
  const wrong = errorAt('from') ?? errorAt('to');
  return (
    <div>
      <Group gap="xs">
        <TextInput
          type="time"
          aria-label={t`${name}, from`}
          value={span.from}
          error={errorAt('from') !== undefined}
          onChange={(e) => onChange(moved(span, { from: e.currentTarget.value }))}
        />
        <Text size="sm" aria-hidden>
          –
        </Text>
        <TextInput
          type="time"
          aria-label={t`${name}, to`}
          value={span.to}
          error={errorAt('to') !== undefined}
          onChange={(e) => onChange(moved(span, { to: e.currentTarget.value }))}
        />
        {mayCross(span) && (
          <Checkbox
            label={t`on the next day`}
            aria-label={t`${name}: it ends on the next day`}
            checked={span.next_day}
            onChange={(e) => onChange({ ...span, next_day: e.currentTarget.checked })}
          />
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Remove ${name} ${span.from} to ${span.to}`}
          onClick={onRemove}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
      {wrong && (
        <Text size="xs" c="error" role="alert" mt={4}>
          {wrong}
        </Text>
      )}
    </div>
  );
}
