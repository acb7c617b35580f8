import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Group, Text } from '@mantine/core';
import { encode } from 'uqr';

/** A link and a code that open a chat with a business number, which opens its 24-hour window. Drawn here: nobody is asked. */
export function ClickToChat({ url }: { url: string }) {
  const { t } = useLingui();
  const { data, size } = encode(url, { border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <Group align="flex-start" wrap="nowrap">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        width={112}
        height={112}
        style={{ flexShrink: 0 }}
        role="img"
        shapeRendering="crispEdges"
      >
        <title>{t`QR code that opens a chat with the number`}</title>
        <rect width={size} height={size} fill="#fff" />
        <path d={dark} fill="#000" />
      </svg>
      <Text size="sm" c="dimmed">
        <Trans>
          Free text arrives only within 24 hours after the person wrote. Open the chat on the phone that shall
          get the test, send any word, then send the test:{' '}
          <Anchor href={url} target="_blank" rel="noreferrer" underline="always">
            {url}
          </Anchor>
        </Trans>
      </Text>
    </Group>
  );
}
