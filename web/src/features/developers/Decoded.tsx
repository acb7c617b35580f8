import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Badge, Card, Group, Stack, Table, Text } from '@mantine/core';
import { CodeBlock } from '~/ui/CodeBlock';
import { Phone } from '~/ui/format';

type Event = Record<string, unknown>;

interface Props {
  events: Event[];
  /** The message that each of them is about, where it is known. */
  messages: readonly (string | null)[];
  open: ((message: string) => void) | undefined;
}

/** The events of a callback, as the provider's reader understands them. */
export function Decoded({ events, messages, open }: Props) {
  const { t } = useLingui();
  if (events.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>Nothing: no event was found in it.</Trans>
      </Text>
    );
  }
  const kinds: Record<string, string> = {
    message: t`Message of a customer`,
    report: t`Delivery report`,
    click: t`Click on a link`,
    ignored: t`Nothing for us`,
  };
  return (
    <Stack gap="sm">
      {events.map((event, n) => {
        const kind = String(event.event ?? '');
        const message = messages[n];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no id and never move
          <Card key={n} withBorder padding="sm">
            <Group justify="space-between" mb={4}>
              <Text fw={600} size="sm">
                {kinds[kind] ?? kind}
              </Text>
              {typeof event.status === 'string' && (
                <Badge variant="default" tt="none">
                  {event.status}
                </Badge>
              )}
            </Group>
            <Facts event={event} />
            {message && open && (
              <Anchor component="button" type="button" size="sm" mt="xs" onClick={() => open(message)}>
                <Trans>Show the message that it is about</Trans>
              </Anchor>
            )}
          </Card>
        );
      })}
    </Stack>
  );
}

function Facts({ event }: { event: Event }) {
  const { t } = useLingui();
  const rows = Object.entries(event).filter(([name]) => name !== 'event');
  const plain = rows.filter(([, value]) => typeof value !== 'object');
  const nested = rows.filter(([, value]) => typeof value === 'object' && value !== null);
  return (
    <Stack gap="xs">
      <Table verticalSpacing={2} aria-label={t`Fields of the event`}>
        <Table.Tbody>
          {plain.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={110} fw={500}>
                <Text size="xs" c="dimmed" ff="monospace">
                  {name}
                </Text>
              </Table.Th>
              <Table.Td>
                <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {/^\+\d{8,}$/.test(String(value)) ? <Phone number={String(value)} /> : String(value)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {nested.map(([name, value]) => (
        <div key={name}>
          <Text size="xs" c="dimmed" ff="monospace" mb={2}>
            {name}
          </Text>
          <CodeBlock label={name} value={JSON.stringify(value, null, 2)} maxHeight={220} />
        </div>
      ))}
    </Stack>
  );
}
