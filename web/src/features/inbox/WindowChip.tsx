import { Trans, useLingui } from '@lingui/react/macro';
import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconClockOff } from '@tabler/icons-react';
import { useMoment } from './times';
import { timeLeft, type WindowState, windowState } from './window';

const LOOK = {
  open: { color: 'gray', Icon: IconClock },
  soon: { color: 'yellow', Icon: IconClock },
  last: { color: 'red', Icon: IconAlertTriangle },
  closed: { color: 'gray', Icon: IconClockOff },
} as const satisfies Record<WindowState, unknown>;

/** How long a free-form answer can still be sent, in words. */
export function useWindowWords(): (closesAt: number, now: number) => string {
  const { t } = useLingui();
  const moment = useMoment();
  return (closesAt, now) => {
    const { hours, minutes } = timeLeft(closesAt, now);
    if (windowState(closesAt, now) === 'closed') return t`Closed at ${moment(closesAt)}`;
    return hours > 0 ? t`Reply within ${hours} h ${minutes} min` : t`Reply within ${minutes} min`;
  };
}

/** In lists: what is left, short. A quiet window says nothing that colour alone would say. */
export function WindowChip({ closesAt, now }: { closesAt: number; now: number }) {
  const state = windowState(closesAt, now);
  const { hours, minutes } = timeLeft(closesAt, now);
  const { color, Icon } = LOOK[state];
  return (
    <Badge
      size="sm"
      variant="outline"
      color={color}
      tt="none"
      fw={500}
      leftSection={<Icon size={11} aria-hidden />}
      styles={{
        root: { borderColor: 'var(--mantine-color-default-border)', flexShrink: 0 },
        label: { color: 'var(--mantine-color-text)' },
        section: { color: state === 'last' ? 'var(--mantine-color-error)' : 'var(--mantine-color-dimmed)' },
      }}
    >
      {state === 'closed' ? (
        <Trans>Window closed</Trans>
      ) : hours > 0 ? (
        <Trans>{hours} h left</Trans>
      ) : (
        <Trans>{minutes} min left</Trans>
      )}
    </Badge>
  );
}

/** Above the composer: the whole sentence. */
export function WindowClock({ closesAt, now }: { closesAt: number; now: number }) {
  const words = useWindowWords();
  const state = windowState(closesAt, now);
  const { Icon } = LOOK[state];
  const colour = { open: 'dimmed', soon: undefined, last: 'var(--mantine-color-error)', closed: 'dimmed' }[
    state
  ];
  return (
    <Text
      size="xs"
      c={colour}
      fw={state === 'open' || state === 'closed' ? 400 : 600}
      component="span"
      style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}
      data-window={state}
    >
      <Icon size={13} aria-hidden color={state === 'soon' ? 'var(--mantine-color-orange-6)' : undefined} />
      {words(closesAt, now)}
    </Text>
  );
}
