import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconPencil } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { Phone, Time, useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Attributes } from './Attributes';
import type { Receipt } from './acts';
import { ConsentCard } from './ConsentCard';
import { ConsentPill } from './consent';
import { Duplicates } from './Duplicates';
import { EditPerson } from './EditPerson';
import { ErasedPage } from './ErasedPage';
import { History } from './History';
import { PersonMenu } from './PersonMenu';
import classes from './ProfilePage.module.css';
import { type Profile, useConversationOf, useProfile } from './queries';
import { WriteTo } from './WriteTo';

const route = getRouteApi('/shell/profiles/$id');

/** `/profiles/$id`: everything about a person. */
export function ProfilePage() {
  const { id } = route.useParams();
  const [receipt, setReceipt] = useState<Receipt>();
  if (receipt?.profile_id === id) {
    return (
      <>
        <Back />
        <ErasedPage receipt={receipt} />
      </>
    );
  }
  return <Person id={id} erased={setReceipt} />;
}

type Erased = (receipt: Receipt) => void;

function Person({ id, erased }: { id: string; erased: Erased }) {
  const { t } = useLingui();
  const { data: person, error, refetch } = useProfile(id);
  if (!person) {
    return (
      <>
        <Back />
        <PageHeader title={t`Profile`} />
        {error ? (
          <ProblemAlert problem={error} retry={() => void refetch()} />
        ) : (
          <Stack role="status" aria-label={t`Loading`}>
            <Skeleton height={90} />
            <Skeleton height={240} />
          </Stack>
        )}
      </>
    );
  }
  return <Whole key={person.id} person={person} erased={erased} />;
}

function Back() {
  return (
    <Anchor component={Link} to="/profiles" size="sm" mb="xs" display="inline-block">
      <Group gap={4}>
        <IconArrowLeft size={14} aria-hidden />
        <Trans>All profiles</Trans>
      </Group>
    </Anchor>
  );
}

function Whole({ person, erased }: { person: Profile; erased: Erased }) {
  const can = useCan();
  // As it was when the form was opened: what others change meanwhile takes away nothing that was typed.
  const [edited, edit] = useState<Profile>();
  return (
    <>
      <Back />
      <PageHeader
        title={person.name || person.phone || person.identity}
        beside={<ConsentPill person={person} />}
        about={
          <>
            {person.phone ? <Phone number={person.phone} /> : <Trans>No phone number</Trans>}
            {person.identity !== person.phone && (
              <>
                {' · '}
                <bdi>{person.identity}</bdi>
              </>
            )}
            {' · '}
            <Trans>
              here since <Time at={person.created_at} />
            </Trans>
          </>
        }
        actions={
          <>
            <WriteTo person={person} />
            {can('profiles.write') && (
              <Button
                variant="default"
                leftSection={<IconPencil size={16} aria-hidden />}
                onClick={() => edit(person)}
              >
                <Trans>Edit</Trans>
              </Button>
            )}
            <PersonMenu person={person} erased={erased} />
          </>
        }
      />
      <div className={classes.columns}>
        <Stack>
          <Duplicates person={person} />
          <Reach person={person} />
          <ConsentCard person={person} />
          <Card withBorder padding="md">
            <Attributes person={person} />
          </Card>
          <OnLists person={person} />
        </Stack>
        <History id={person.id} />
      </div>
      <EditPerson
        key={edited ? 'open' : 'closed'}
        person={edited ?? person}
        opened={edited !== undefined}
        close={() => edit(undefined)}
      />
    </>
  );
}

/** The lists that the person is on, each with the people on it. */
function OnLists({ person }: { person: Profile }) {
  if (!person.lists) return null;
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h5" mb="xs">
        <Trans>On lists</Trans>
      </Title>
      {person.lists.length === 0 ? (
        <Text size="sm" c="dimmed">
          <Trans>On none.</Trans>
        </Text>
      ) : (
        <Group gap="xs">
          {person.lists.map(({ id, name }) => (
            <Anchor key={id} component={Link} to={`/profiles?list=${id}`} size="sm">
              <bdi>{name}</bdi>
            </Anchor>
          ))}
        </Group>
      )}
    </Card>
  );
}

/** Until when the person can be answered freely, when they wrote. */
function Window({ person }: { person: Profile }) {
  const can = useCan();
  const format = useFormat();
  const chat = useConversationOf(person.phone, can('inbox.read')).data?.data[0];
  if (!chat || chat.opted_out) return null;
  const closes = format.full(chat.window_closes_at);
  return (
    <Text size="sm">
      {chat.window_open ? (
        <Trans>They wrote, so they can be answered freely until {closes}.</Trans>
      ) : (
        <Trans>
          They last wrote <Time at={chat.last_inbound_at} />: until they write again only templates reach
          them.
        </Trans>
      )}
    </Text>
  );
}

/** Whether campaigns can reach the person, and why not. */
function Reach({ person }: { person: Profile }) {
  const { t } = useLingui();
  if (person.reachable) {
    return (
      <Alert variant="light" icon={<IconCheck size={18} aria-hidden />} title={t`Reachable`}>
        <Text size="sm">
          <Trans>Campaigns can write to this person.</Trans>
        </Text>
        <Window person={person} />
      </Alert>
    );
  }
  const why = [
    !person.phone && t`There is no phone number. Add one under Edit.`,
    person.consent === 'opted_out' && t`The person opted out. Only they can take that back.`,
    person.consent !== 'opted_out' &&
      person.number_opted_out &&
      t`The number is opted out, whoever uses it: another profile may share it.`,
    person.consent === 'not_recorded' &&
      t`No consent is recorded. WhatsApp wants it first: record it below, with its proof.`,
  ].filter((line): line is string => Boolean(line));
  return (
    <Alert variant="light" color="yellow" title={t`Campaigns leave this person out`}>
      {why.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
      <Window person={person} />
    </Alert>
  );
}
