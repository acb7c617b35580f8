import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Anchor,
  Button,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { IconArrowLeft, IconRefresh } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { MessageDrawer } from '~/features/messages/MessageDrawer';
import { CodeBlock } from '~/ui/CodeBlock';
import { useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { pretty } from '~/ui/pretty';
import { Said } from '~/ui/Said';
import { done, failed } from '~/ui/toast';
import classes from './Callback.module.css';
import { Decoded } from './Decoded';
import { type CallbackDetail, useAccounts, useCallback, useReplay } from './queries';
import { StateWord, useStateWords } from './StateWord';

const route = getRouteApi('/shell/developers/callbacks/$id');

/** `/developers/callbacks/$id`: one callback, as it came and as it is read now. */
export function Callback() {
  const { t } = useLingui();
  const { id } = route.useParams();
  const callback = useCallback(id);
  return (
    <>
      <Anchor component={Link} to="/developers/callbacks" size="sm">
        <Group gap={4} mb="xs">
          <IconArrowLeft size={16} aria-hidden />
          <Trans>All callbacks</Trans>
        </Group>
      </Anchor>
      {callback.isPending ? (
        <Stack role="status" aria-label={t`Loading`}>
          <Skeleton height={40} width={320} />
          <Skeleton height={240} />
        </Stack>
      ) : callback.isError ? (
        <>
          <PageHeader title={t`Callback`} />
          <ProblemAlert problem={callback.error} retry={() => void callback.refetch()} />
        </>
      ) : (
        <Loaded callback={callback.data} />
      )}
    </>
  );
}

function Loaded({ callback }: { callback: CallbackDetail }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const words = useStateWords();
  const { data: accounts } = useAccounts();
  const replay = useReplay();
  const { message } = route.useSearch();
  const navigate = useNavigate();
  const show = (message: string | undefined) =>
    void navigate({
      to: '/developers/callbacks/$id',
      params: { id: callback.id },
      search: { message },
      replace: true,
      resetScroll: false,
    });
  const account = accounts?.data.find((one) => one.id === callback.account_id)?.nickname;
  const again = () =>
    replay.mutate(
      { ids: [callback.id] },
      {
        onSuccess: ({ callbacks, note }) =>
          callbacks > 0
            ? done(t`It is applied again. What was applied before changes nothing.`)
            : failed(new Error(note ?? t`It is not there any more.`)),
        onError: failed,
      },
    );
  return (
    <>
      <PageHeader
        title={t`Callback of ${format.exact(callback.at)}`}
        beside={<StateWord state={callback.state} />}
        about={words(callback.state).about}
        actions={
          can('callbacks.replay') && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} aria-hidden />}
              loading={replay.isPending || callback.state === 'new'}
              onClick={again}
            >
              <Trans>Apply again</Trans>
            </Button>
          )
        }
      />
      <Stack gap="lg">
        {callback.problem && (
          <Alert color="yellow" title={t`What stands in the way`}>
            <Said text={callback.problem} />
          </Alert>
        )}
        {callback.unreadable && callback.unreadable !== callback.problem && (
          <Alert color="red" title={t`It cannot be read`}>
            <Said text={callback.unreadable} />
          </Alert>
        )}
        <div className={classes.two}>
          <Stack>
            <Title order={2} size="h4">
              <Trans>As it came</Trans>
            </Title>
            <Request callback={callback} account={account ?? callback.account_id} />
          </Stack>
          <Stack>
            <Title order={2} size="h4">
              <Trans>What it says</Trans>
            </Title>
            <Decoded
              events={callback.decoded as Record<string, unknown>[]}
              messages={callback.message_ids}
              open={can('messages.read') ? show : undefined}
            />
          </Stack>
        </div>
      </Stack>
      <MessageDrawer id={message} onClose={() => show(undefined)} />
    </>
  );
}

function Request({ callback, account }: { callback: CallbackDetail; account: string }) {
  const { t } = useLingui();
  const format = useFormat();
  const [view, setView] = useState('tidy');
  const raw = callback.body ?? callback.body_base64 ?? '';
  const tidy = callback.body === undefined ? undefined : pretty(raw, callback.content_type);
  const facts: [string, string][] = [
    [t`Provider`, account],
    [t`Request`, callback.query ? `${callback.method} ?${callback.query}` : callback.method],
    [t`Size`, t`${format.number(callback.length)} bytes`],
    ...(callback.content_type ? [['Content-Type', callback.content_type] as [string, string]] : []),
    ...callback.headers.map(([name, value]) => [String(name), String(value)] as [string, string]),
  ];
  return (
    <>
      <Table layout="auto" verticalSpacing={4} aria-label={t`Request line and headers`}>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={150} fw={500}>
                <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Text>
              </Table.Th>
              <Table.Td>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  <bdi>{value}</bdi>
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {tidy !== undefined && tidy !== raw && (
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setView}
          aria-label={t`How the body is shown`}
          style={{ alignSelf: 'flex-start' }}
          data={[
            { value: 'tidy', label: t`Indented` },
            { value: 'raw', label: t`Byte by byte` },
          ]}
        />
      )}
      {raw === '' ? (
        <Text size="sm" c="dimmed">
          <Trans>It has no body.</Trans>
        </Text>
      ) : (
        <>
          {callback.body_base64 && (
            <Text size="sm" c="dimmed">
              <Trans>The body is not text; it is shown in base64.</Trans>
            </Text>
          )}
          <CodeBlock
            label={t`Body`}
            value={view === 'tidy' && tidy !== undefined ? tidy : raw}
            maxHeight={560}
          />
        </>
      )}
    </>
  );
}
