import { Badge } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconHelpCircle,
  IconPlayerPause,
  IconPlayerPlay,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** How a state is to be taken; the icon says it without colour. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'paused' | 'waiting' | 'unsure';

const LOOK = {
  good: { color: 'brand', Icon: IconCheck },
  bad: { color: 'red', Icon: IconX },
  warn: { color: 'yellow', Icon: IconAlertTriangle },
  busy: { color: 'blue', Icon: IconPlayerPlay },
  paused: { color: 'gray', Icon: IconPlayerPause },
  waiting: { color: 'gray', Icon: IconClock },
  unsure: { color: 'grape', Icon: IconHelpCircle },
} as const;

/** A state as icon and word. */
export function StatusPill({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { color, Icon } = LOOK[tone];
  return (
    <Badge
      variant="outline"
      color={color}
      leftSection={<Icon size={12} aria-hidden />}
      tt="none"
      fw={500}
      styles={{
        // A state that is cut off says nothing: the column makes room for it.
        root: { borderColor: 'var(--mantine-color-default-border)', flexShrink: 0, overflow: 'visible' },
        label: { color: 'var(--mantine-color-text)', overflow: 'visible' },
      }}
    >
      {children}
    </Badge>
  );
}
