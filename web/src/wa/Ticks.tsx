import { useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconHelpCircle } from '@tabler/icons-react';
import classes from './Bubble.module.css';
import type { WaTicks } from './content';

const ICONS = {
  sending: IconClock,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  unknown: IconHelpCircle,
} as const;

/** The words for each state of a message. */
export function useTickWords(): Record<WaTicks, string> {
  const { t } = useLingui();
  return {
    sending: t`Sending`,
    sent: t`Accepted`,
    delivered: t`Delivered`,
    read: t`Read`,
    failed: t`Not sent`,
    unknown: t`Unknown whether it arrived`,
  };
}

/** Where a message got to, as the ticks of a phone and as words. */
export function Ticks({ ticks }: { ticks: WaTicks }) {
  const words = useTickWords();
  const Icon = ICONS[ticks];
  return (
    <span className={classes.ticks} data-ticks={ticks} title={words[ticks]}>
      <Icon size={15} aria-hidden />
      <VisuallyHidden>{words[ticks]}</VisuallyHidden>
    </span>
  );
}
