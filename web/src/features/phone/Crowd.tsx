import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, List, NumberInput, Radio, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { handset } from './handset';
import { useCrowds } from './queries';

/** More people than this take so long that it is said. */
const MANY = 10_000;

/** Fictional people, as many as one wants, who behave by themselves. */
export function Crowd() {
  const { t } = useLingui();
  const client = useQueryClient();
  const format = useFormat();
  const can = useCan();
  const crowds = useCrowds();
  const [people, setPeople] = useState<number | string>(200);
  const [behaviour, setBehaviour] = useState('keen');
  const [making, setMaking] = useState(false);
  if (crowds.isPending) return <Skeleton height={200} />;
  if (crowds.isError) return <ProblemAlert problem={crowds.error} retry={() => void crowds.refetch()} />;
  const { most, behaviours } = crowds.data;
  const count = typeof people === 'number' ? people : 0;
  const make = async () => {
    setMaking(true);
    try {
      const { name } = await handset.gather({ people: count, behaviour });
      done(t`${name}: they are on their way. The jobs above tell how far they are.`);
      for (const key of ['import', 'list', 'profile', 'handset'])
        void client.invalidateQueries({ queryKey: [key] });
    } catch (problem) {
      failed(problem);
    } finally {
      setMaking(false);
    }
  };
  return (
    <section aria-labelledby="sim-crowd">
      <Title order={3} size="h6" id="sim-crowd" mb={6}>
        <Trans>Crowd</Trans>
      </Title>
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          <Trans>
            Fictional people who opted in, in a list that a campaign can pick. They read and answer by
            themselves, and go with the demo.
          </Trans>
        </Text>
        <NumberInput
          label={t`How many people`}
          description={
            most > 0
              ? t`1 to ${format.number(most)}: so many reserved numbers are free.`
              : t`All reserved numbers are in use. Removing the demo frees them.`
          }
          min={1}
          max={most}
          allowDecimal={false}
          thousandSeparator=","
          disabled={most === 0}
          value={people}
          onChange={setPeople}
        />
        <Radio.Group label={t`How they behave`} value={behaviour} onChange={setBehaviour}>
          <Stack gap="xs" mt={4}>
            {behaviours.map((one) => (
              <Behaviour key={one.name} one={one} />
            ))}
          </Stack>
        </Radio.Group>
        {count > MANY && (
          <Text size="xs">
            <Trans>So many people take some time. You can go on meanwhile.</Trans>
          </Text>
        )}
        {can('profiles.import') ? (
          <Button
            size="xs"
            variant="default"
            disabled={making || count < 1 || count > most}
            onClick={() => void make()}
          >
            <Plural value={count} one="Make a crowd of # person" other="Make a crowd of # people" />
          </Button>
        ) : (
          <Text size="xs" c="dimmed">
            <Trans>Who may import profiles can make one.</Trans>
          </Text>
        )}
        {crowds.data.crowds.length > 0 && (
          <List size="xs" aria-label={t`Crowds`}>
            {crowds.data.crowds.map((crowd) => (
              <List.Item key={crowd.list_id}>
                <Anchor
                  size="xs"
                  renderRoot={(props) => <Link {...props} to="/profiles" search={{ list: crowd.list_id }} />}
                >
                  {crowd.name}
                </Anchor>
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </section>
  );
}

/** A behaviour with its figures. */
function Behaviour({ one }: { one: Schemas['DemoBehaviour'] }) {
  const { t } = useLingui();
  const format = useFormat();
  const names: Record<string, string> = {
    keen: t`Keen`,
    ordinary: t`Ordinary`,
    silent: t`Silent`,
    hard_to_reach: t`Hard to reach`,
  };
  const share = (n: number) => format.share(n, 100);
  const said = [
    t`${share(one.read)} read`,
    one.answer > 0 ? t`${share(one.answer)} answer` : t`nobody answers`,
    ...(one.stop > 0 ? [t`${share(one.stop)} of all say STOP`] : []),
    t`${share(one.out_of_reach)} are never reached`,
    t`read after ${format.number(one.reads[0] ?? 0)} to ${format.number(one.reads[1] ?? 0)} seconds`,
  ];
  return (
    <Radio size="sm" value={one.name} label={names[one.name] ?? one.name} description={said.join(' · ')} />
  );
}
