import { useLingui } from '@lingui/react/macro';
import { Box, Tooltip, VisuallyHidden } from '@mantine/core';
import { useLiveState } from '~/live/hooks';

/** Says whether what is on the screen follows by itself. */
export function LiveDot() {
  const { t } = useLingui();
  const state = useLiveState();
  const words = {
    live: t`Live`,
    connecting: t`Connecting`,
    reconnecting: t`Reconnecting: what you see may be old`,
  }[state];
  const colour = state === 'live' ? 'var(--mantine-color-brand-6)' : 'var(--mantine-color-orange-6)';
  return (
    <Tooltip label={words}>
      <Box role="status" w={24} h={24} style={{ display: 'grid', placeItems: 'center' }}>
        <Box w={8} h={8} bg={colour} style={{ borderRadius: state === 'live' ? 8 : 2 }} aria-hidden />
        <VisuallyHidden>{words}</VisuallyHidden>
      </Box>
    </Tooltip>
  );
}
