import { useLingui } from '@lingui/react/macro';
import { Box, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { useLiveState, useNotLive } from '~/live/hooks';

/** Says whether what is on the screen follows by itself: a dot while it does, and words when it does not. */
export function LiveDot() {
  const { t } = useLingui();
  const state = useLiveState();
  const late = useNotLive();
  const words = {
    live: t`Live`,
    connecting: t`Connecting`,
    reconnecting: t`Reconnecting: what you see may be old`,
  }[state];
  const told = late ? t`Not live: what you see is read anew every 10 seconds` : words;
  const colour = state === 'live' ? 'var(--mantine-color-brand-6)' : 'var(--mantine-color-orange-6)';
  return (
    <Tooltip label={told}>
      <Group role="status" gap={2} wrap="nowrap">
        <Box w={24} h={24} style={{ display: 'grid', placeItems: 'center' }} aria-hidden>
          <Box w={8} h={8} bg={colour} style={{ borderRadius: state === 'live' ? 8 : 2 }} />
        </Box>
        {late && (
          <Text size="xs" aria-hidden style={{ whiteSpace: 'nowrap' }}>
            {t`Not live`}
          </Text>
        )}
        <VisuallyHidden>{told}</VisuallyHidden>
      </Group>
    </Tooltip>
  );
}
