import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Group, Text } from '@mantine/core';
import { QrCode } from '~/ui/QrCode';

/** A link and a code that open a chat with a business number, which opens its 24-hour window. */
export function ClickToChat({ url }: { url: string }) {
  const { t } = useLingui();
  return (
    <Group align="flex-start" wrap="nowrap">
      <QrCode text={url} label={t`QR code that opens a chat with the number`} />
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
