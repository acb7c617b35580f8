import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { ApiProblem } from '~/api/client';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { isFirstSend, readAgain, takeBack, useLaunch } from '../queries';
import { CheckList } from './CheckList';
import type { Check } from './checks';
import { TestSendOf } from './TestSendOf';
import type { Editing } from './useEditing';
import { momentOf } from './when';

/** From how many people on the number is typed; for the first campaign of an account always. */
const MANY = 1_000;
/** Seconds in which a launch can be taken back. */
const UNDO = 10;

/** What stands in the way, a test, and the launch. */
export function ReviewStep({ editing, checks }: { editing: Editing; checks: Check[] }) {
  const { t } = useLingui();
  const { id } = editing.draft.campaign;
  const order = { bad: 0, warn: 1, good: 2 };
  const sorted = [...checks].sort((a, b) => order[a.tone] - order[b.tone]);
  const bad = checks.filter((check) => check.tone === 'bad').length;
  return (
    <Stack gap="lg">
      <Card withBorder component="section" aria-labelledby="checks">
        <Title order={2} size="h6" mb="sm" id="checks">
          {bad > 0 ? (
            <Plural value={bad} one="One thing must be mended first" other="# things must be mended first" />
          ) : (
            t`Ready to be launched`
          )}
        </Title>
        <CheckList checks={sorted} id={id} />
      </Card>
      <TestSendOf
        editing={editing}
        blocked={checks.some((check) => check.tone === 'bad' && check.step === 'what')}
      />
      <Launch editing={editing} blocked={bad > 0} />
    </Stack>
  );
}

function Launch({ editing, blocked }: { editing: Editing; blocked: boolean }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const navigate = useNavigate();
  const { draft, reachable, counting, template } = editing;
  const { id } = draft.campaign;
  const launch = useLaunch(id);
  if (!can('campaigns.launch')) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>
          Your role may write campaigns but not launch them. An approver or an admin can: it is saved.
        </Trans>
      </Text>
    );
  }
  const people = reachable ?? 0;
  const number = format.number(people);
  const at = momentOf(draft.input.starts);
  const name = template?.name ?? '';
  const act = at
    ? t`Schedule for ${plural(people, { one: '1 person', other: `${number} people` })}`
    : t`Send to ${plural(people, { one: '1 person', other: `${number} people` })}`;
  const run = async () => {
    // When it starts stands in the draft; the version says that it is the one that was looked at here.
    await launch
      .mutateAsync({ undo_seconds: at ? undefined : UNDO, version: draft.version() })
      .catch(async (problem) => {
        if (problem instanceof ApiProblem && problem.code === 'changed_meanwhile') await readAgain(id);
        throw problem;
      });
    await navigate({ to: '/campaigns/$id', params: { id } });
    done(at ? t`It is scheduled.` : t`It starts in a few seconds.`, () => takeBack(id));
  };
  const ask = async () => {
    // What was typed last is what is launched.
    if (!(await draft.flush())) return;
    const first = await isFirstSend(id, draft.version());
    if (people <= MANY && !first) return run().catch(failed);
    confirm({
      title: at ? t`Schedule this campaign?` : t`Send this campaign?`,
      act,
      typed: String(people),
      run,
      children: (
        <>
          {first && (
            <Text size="sm" mb="xs" fw={500}>
              <Trans>It is the first campaign from this account, and it goes to real people.</Trans>
            </Text>
          )}
          {at ? (
            <Trans>
              The template "{name}" goes to{' '}
              <Plural value={people} one="1 person" other={`${number} people`} /> at {format.full(at)}. Until
              then you can stop it. Who gets it is counted anew at that time.
            </Trans>
          ) : (
            <Trans>
              The template "{name}" goes to{' '}
              <Plural value={people} one="1 person" other={`${number} people`} /> now. For ten seconds you can
              take it back; what has left cannot be called back.
            </Trans>
          )}
        </>
      ),
    });
  };
  return (
    <Group>
      <Button
        size="md"
        leftSection={<IconSend size={18} aria-hidden />}
        disabled={blocked || counting || people === 0}
        loading={launch.isPending}
        onClick={() => void ask()}
      >
        {act}
      </Button>
      {blocked && (
        <Text size="sm" c="dimmed">
          <Trans>First mend what is marked red above.</Trans>
        </Text>
      )}
    </Group>
  );
}
